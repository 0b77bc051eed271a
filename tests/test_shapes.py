"""Every SHACL constraint passes a good graph and finds the fault planted for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import pyshacl
import pytest
from rdflib import RDF, Graph, Literal, Namespace, URIRef

from kg.context import curation_context
from kg.terms import BASE, CONCEPT, PREFIXES, expand
from kg.vocabulary import shape_files

SH = Namespace("http://www.w3.org/ns/shacl#")
Row = TypeVar("Row", bound=tuple[str, ...])
MARKERS = {
    "assessment-factor": "AssessmentFactor",
    "challenge": "Challenge",
    "domain": "Domain",
    "mechanism": "Mechanism",
    "outcome-type": "OutcomeType",
    "practice": "Practice",
    "stakeholder": "StakeholderGroup",
    "technology": "Technology",
}
CONCEPTS = {
    "appraisal-level": "strong weak",
    "assessment-factor": "vision budget",
    "city-feature": "digital-government",
    "claim-status": "accepted",
    "coverage-status": "documented documented-absent searched-not-found",
    "evidence-grade": "account",
    "indicator": "agencies-served",
    "label-status": "official",
    "mechanism": "online-voting",
    "outcome-status": "reported",
    "outcome-type": "cost-saving",
    "practice": "open-data digital-rights",
    "programme-kind": "platform fund network",
    "quantity-kind": "level relative-change cumulative-total ordinal-position",
    "rank-basis": "stated",
    "ranking-method": "eden-ten-factors",
    "reference-set": "world",
    "region": "europe asia",
    "result-level": "input output outcome context",
    "source-type": "press",
    "technology": "standard-api",
    "text-basis": "full-text opening-part",
    "unit": "one percent usd",
}
EXTRA_PREFIXES = {
    "vann": "http://purl.org/vocab/vann/",
    "void": "http://rdfs.org/ns/void#",
}
HEAD = "".join(
    f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in (PREFIXES | EXTRA_PREFIXES).items()
)
HASH = "0" * 64
GOOD = f"""
<ontology> a owl:Ontology ;
    dcterms:title "Ontology"@en , "本体"@zh-Hans ;
    dcterms:description "What it holds."@en , "内容。"@zh-Hans ;
    dcterms:abstract "How it works."@en , "方法。"@zh-Hans ;
    dcterms:creator "Somebody" ;
    dcterms:publisher "Somebody" ;
    dcterms:created "2026-11-23"^^xsd:date ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;
    owl:versionIRI <ontology/0.1.0> ;
    owl:versionInfo "0.1.0" ;
    vann:preferredNamespacePrefix "cpg" ;
    vann:preferredNamespaceUri "https://w3id.org/city-practice-graph/ontology#" .
<dataset/1> a void:Dataset ;
    dcterms:title "Dataset"@en , "数据集"@zh-Hans ;
    dcterms:description "What it holds."@en , "内容。"@zh-Hans ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;
    dcterms:publisher "Somebody" ;
    dcat:version "0.1.0" ;
    dcat:distribution <dataset/1.nq> ;
    void:triples 100 ;
    void:vocabulary <ontology> .
cpg:District rdfs:subClassOf cpg:Jurisdiction .
cpg:City rdfs:subClassOf cpg:Jurisdiction .
cpg:CityGovernment rdfs:subClassOf org:Organization .
<concept/region/north> skos:broader <concept/region/europe> .
<concept/practice/narrow> skos:broader <concept/practice/open-data> ; cpg:practiceLevel 4 .
<id/city/oslo> a cpg:City ;
    skos:prefLabel "Oslo"@en , "奥斯陆"@zh-Hans ;
    cpg:countryCode "NO" ;
    cpg:region <concept/region/europe> ;
    cpg:subregion <concept/region/north> ;
    geo:lat 59.9 ;
    geo:long 10.7 ;
    schema:sameAs <http://www.wikidata.org/entity/Q585> ;
    cpg:adoptsPractice <concept/practice/open-data> .
<id/district/centre> a cpg:District ;
    skos:prefLabel "Centre"@en , "中心区"@zh-Hans ;
    dcterms:isPartOf <id/city/oslo> .
<id/area/union> a cpg:SupranationalArea ; skos:prefLabel "Union"@en , "联盟"@zh-Hans .
<id/organisation/city> a cpg:CityGovernment ;
    skos:prefLabel "City of Oslo"@en , "奥斯陆市"@zh-Hans ;
    cpg:governs <id/city/oslo> .
<id/organisation/firm> a org:Organization ; skos:prefLabel "Firm"@en , "公司"@zh-Hans .
<id/programme/maps> a cpg:Programme ;
    skos:prefLabel "Maps"@en , "地图"@zh-Hans ;
    cpg:labelStatus <concept/label-status/official> ;
    cpg:city <id/city/oslo> ;
    cpg:programmeKind <concept/programme-kind/platform> ;
    cpg:implementsPractice <concept/practice/open-data> ;
    cpg:leadOrganisation <id/organisation/city> ;
    cpg:startYear "2010"^^xsd:gYear ;
    cpg:endYear "2012"^^xsd:gYear ;
    cpg:delivers <id/asset/app> ;
    cpg:hasArrangement <id/arrangement/board> ;
    cpg:hasOutcome <id/outcome/saving> ;
    cpg:hasTarget <id/target/users> ;
    cpg:hasMeasurement <id/measurement/agencies> , <id/measurement/place> .
<id/asset/app> a cpg:DigitalAsset ;
    skos:prefLabel "App"@en , "应用"@zh-Hans ;
    cpg:labelStatus <concept/label-status/official> .
<id/arrangement/board> a cpg:GovernanceArrangement ;
    skos:prefLabel "Board"@en , "委员会"@zh-Hans ;
    cpg:labelStatus <concept/label-status/official> ;
    cpg:mechanismType <concept/mechanism/online-voting> ;
    cpg:participatingBody <id/organisation/firm> ;
    cpg:meetingInterval "P14D"^^xsd:duration .
<id/outcome/saving> a cpg:Outcome ;
    skos:prefLabel "Saving"@en , "节约"@zh-Hans ;
    cpg:outcomeType <concept/outcome-type/cost-saving> ;
    cpg:outcomeStatus <concept/outcome-status/reported> ;
    cpg:hasMeasurement <id/measurement/change> .
<id/measurement/agencies> a cpg:Measurement ;
    cpg:numericValue 70.0 ;
    cpg:unit <concept/unit/one> ;
    cpg:indicator <concept/indicator/agencies-served> ;
    cpg:quantityKind <concept/quantity-kind/cumulative-total> ;
    cpg:resultLevel <concept/result-level/output> .
<id/measurement/place> a cpg:Measurement ;
    cpg:numericValue 1.0 ;
    cpg:unit <concept/unit/one> ;
    cpg:indicator <concept/indicator/agencies-served> ;
    cpg:quantityKind <concept/quantity-kind/ordinal-position> ;
    cpg:referenceSet <concept/reference-set/world> ;
    cpg:resultLevel <concept/result-level/context> .
<id/measurement/change> a cpg:Measurement ;
    cpg:numericValue -42.0 ;
    cpg:unit <concept/unit/percent> ;
    cpg:indicator <concept/indicator/agencies-served> ;
    cpg:quantityKind <concept/quantity-kind/relative-change> ;
    cpg:resultLevel <concept/result-level/outcome> ;
    cpg:baselineYear "2005"^^xsd:gYear ;
    cpg:observedYear "2021"^^xsd:gYear .
<id/target/users> a cpg:Target ;
    skos:prefLabel "Users"@en , "用户"@zh-Hans ;
    cpg:targetYear "2025"^^xsd:gYear ;
    cpg:targetValue 100.0 ;
    cpg:indicator <concept/indicator/agencies-served> ;
    cpg:unit <concept/unit/one> .
<id/recognition/prize> a cpg:Recognition ;
    skos:prefLabel "Prize"@en , "奖"@zh-Hans ;
    cpg:labelStatus <concept/label-status/official> ;
    cpg:awardedTo <id/city/oslo> ;
    cpg:awardedBy <id/organisation/firm> ;
    cpg:awardYear "2019"^^xsd:gYear ;
    cpg:awardPlace 2 .
<id/recommendation/all> a cpg:Recommendation ;
    skos:prefLabel "Advice"@en , "建议"@zh-Hans ;
    cpg:addressedTo <id/city/oslo> ;
    dcterms:hasPart <id/recommendation/first> .
<id/recommendation/first> a cpg:Recommendation ;
    skos:prefLabel "First"@en , "第一"@zh-Hans ;
    dcterms:isPartOf <id/recommendation/all> .
<id/source/text> a cpg:Source ;
    dcterms:title "Text"@en ;
    cpg:sourceType <concept/source-type/press> ;
    cpg:textBasis <concept/text-basis/full-text> ;
    dcterms:issued "2021-12-15"^^xsd:date ;
    dcterms:language "en"^^xsd:language ;
    dcterms:rights "Positions only."@en ;
    cpg:textSha256 "{HASH}" ;
    cpg:textLength 300 ;
    prov:hadPrimarySource <id/source/page> .
<id/source/page> a cpg:Source ;
    dcterms:title "Page"@en ;
    cpg:sourceType <concept/source-type/press> ;
    cpg:textBasis <concept/text-basis/opening-part> ;
    cpg:readOn "2026-11-23"^^xsd:date .
<id/fragment/text/P01S1> a cpg:SourceFragment ;
    oa:hasSource <id/source/text> ;
    oa:hasSelector <id/selector/text/P01S1> ;
    cpg:segmentSha256 "{HASH}" .
<id/selector/text/P01S1> a oa:TextPositionSelector ; oa:start 0 ; oa:end 40 .
<id/fragment/page/page> a cpg:SourceFragment ; oa:hasSource <id/source/page> .
<id/claim/oslo-001> a cpg:Claim ;
    prov:wasDerivedFrom <id/fragment/text/P01S1> ;
    cpg:evidenceGrade <concept/evidence-grade/account> ;
    cpg:claimStatus <concept/claim-status/accepted> ;
    dcterms:created "2026-11-23"^^xsd:date .
<id/coverage/rights> a cpg:CoverageRecord ;
    cpg:checkedCity <id/city/oslo> ;
    cpg:checkedPractice <concept/practice/digital-rights> ;
    cpg:checkedSource <id/source/text> ;
    cpg:coverageStatus <concept/coverage-status/searched-not-found> .
<id/ranking/top> a cpg:Ranking ; skos:prefLabel "Top"@en , "榜"@zh-Hans .
<id/edition/top> a cpg:RankingEdition ;
    skos:prefLabel "Top 2021"@en , "2021年榜"@zh-Hans ;
    dcterms:isPartOf <id/ranking/top> ;
    dcterms:publisher <id/organisation/firm> ;
    cpg:editionNumber 2 ;
    cpg:rankingMethod <concept/ranking-method/eden-ten-factors> ;
    cpg:editionYear "2021"^^xsd:gYear .
<id/cube/rank> a qb:DataSet .
<id/cell/rank> a qb:Observation ;
    qb:dataSet <id/cube/rank> ;
    cpg:refCity <id/city/oslo> ;
    cpg:refEdition <id/edition/top> ;
    cpg:rank 1 ;
    cpg:rankBasis <concept/rank-basis/stated> ;
    cpg:referenceSet <concept/reference-set/world> ;
    cpg:totalScore 7.1 .
<id/cell/vision> a qb:Observation ;
    qb:dataSet <id/cube/rank> ;
    cpg:refCity <id/city/oslo> ;
    cpg:refEdition <id/edition/top> ;
    cpg:factor <concept/assessment-factor/vision> ;
    cpg:score 3.1 .
<id/cell/budget> a qb:Observation ;
    qb:dataSet <id/cube/rank> ;
    cpg:refCity <id/city/oslo> ;
    cpg:refEdition <id/edition/top> ;
    cpg:factor <concept/assessment-factor/budget> ;
    cpg:score 4.0 .
<id/cell/appraisal> a qb:Observation ;
    qb:dataSet <id/cube/rank> ;
    cpg:refCity <id/city/oslo> ;
    cpg:refEdition <id/edition/top> ;
    cpg:factor <concept/assessment-factor/vision> ;
    cpg:appraiser <id/organisation/firm> ;
    cpg:appraisalLevel <concept/appraisal-level/strong> .
<id/appraisal/oslo> a cpg:CityAppraisal ;
    cpg:refCity <id/city/oslo> ;
    cpg:refEdition <id/edition/top> ;
    cpg:appraiser <id/organisation/firm> ;
    cpg:highlights <concept/city-feature/digital-government> .
"""
SECOND_RANK = """<id/cell/rank2> a qb:Observation ; qb:dataSet <id/cube/rank> ;
    cpg:refCity <id/city/bergen> ; cpg:refEdition <id/edition/top> ; cpg:rank 1 ;
    cpg:rankBasis <concept/rank-basis/stated> ; cpg:referenceSet <concept/reference-set/world> ."""


def drop(subject: str, predicate: str) -> str:
    """Take away all values."""
    return f"DELETE WHERE {{ <{subject}> {predicate} ?value }}"


def add(triples: str) -> str:
    """Put triples in."""
    return f"INSERT DATA {{ {triples} }}"


def swap(subject: str, predicate: str, value: str) -> str:
    """Put one value in the place of all."""
    return f"{drop(subject, predicate)} ; {add(f'<{subject}> {predicate} {value}')}"


@dataclass(frozen=True)
class Planted:
    """A fault: the change that makes it, and the result that must come of it.

    Faults of different things that cannot touch each other share a group: one validation finds
    them all, which saves a minute.
    """

    change: str
    focus: str
    message: str
    severity: str = "Violation"
    group: str = ""


MAPS, OSLO, CELL = "id/programme/maps", "id/city/oslo", "id/cell/rank"
AGENCIES, CHANGE, PLACE = "id/measurement/agencies", "id/measurement/change", "id/measurement/place"
TEXT, SPOT, SELECTOR = "id/source/text", "id/fragment/text/P01S1", "id/selector/text/P01S1"
CLAIM, EDITION, OPEN = "id/claim/oslo-001", "id/edition/top", "concept/practice/open-data"

MISSING: tuple[tuple[str, str, str], ...] = (
    (OSLO, "cpg:countryCode", "The country code"),
    (OSLO, "geo:lat", "The city needs exactly one latitude"),
    (OSLO, "geo:long", "The city needs exactly one longitude"),
    (OSLO, "cpg:region", "The region is missing"),
    (OSLO, "cpg:subregion", "The sub-region is missing"),
    ("id/district/centre", "dcterms:isPartOf", "The district is not part"),
    ("id/organisation/city", "cpg:governs", "The government governs no city"),
    (MAPS, "cpg:city", "The programme lies in no known place"),
    (MAPS, "cpg:programmeKind", "The form of the programme is missing"),
    (MAPS, "cpg:labelStatus", "It is not said where the English name of the programme"),
    ("id/arrangement/board", "cpg:mechanismType", "The arrangement is a case of no mechanism"),
    ("id/outcome/saving", "cpg:outcomeType", "The outcome has no type"),
    ("id/outcome/saving", "cpg:outcomeStatus", "It is not said whether the outcome"),
    (AGENCIES, "cpg:numericValue", "The figure is missing"),
    (AGENCIES, "cpg:unit", "The unit is missing"),
    (AGENCIES, "cpg:indicator", "It is not said what the figure counts"),
    (AGENCIES, "cpg:quantityKind", "The kind of quantity is missing"),
    (AGENCIES, "cpg:resultLevel", "The level in the logic model is missing"),
    (PLACE, "cpg:referenceSet", "A place in an order"),
    ("id/target/users", "cpg:indicator", "It is not said what the target value counts"),
    ("id/target/users", "cpg:unit", "The target value has no unit"),
    ("id/recognition/prize", "cpg:awardedTo", "The recognition went to no city"),
    ("id/recognition/prize", "cpg:awardedBy", "It is not said which organisation gave"),
    ("id/recommendation/all", "cpg:addressedTo", "The recommendation is addressed to no city"),
    ("id/recommendation/first", "dcterms:isPartOf", "The recommendation stands alone"),
    (TEXT, "dcterms:title", "The source has no title"),
    (TEXT, "cpg:sourceType", "It is not said who stands behind"),
    (TEXT, "cpg:textBasis", "It is not said how much of the source"),
    (TEXT, "dcterms:issued", "The source has no date"),
    (TEXT, "cpg:textSha256", "The source was read in full but lacks"),
    (TEXT, "dcterms:rights", "The source was read in full but lacks"),
    (SPOT, "oa:hasSource", "The fragment is not of exactly one known source"),
    (SPOT, "cpg:segmentSha256", "The fragment has a position but no SHA-256"),
    (SPOT, "oa:hasSource", "The fragment has a position in a source whose text"),
    (SELECTOR, "oa:start", "The start of the position is missing"),
    (SELECTOR, "oa:end", "The end of the position is missing"),
    (CLAIM, "prov:wasDerivedFrom", "The claim rests on no known place"),
    (CLAIM, "cpg:evidenceGrade", "The claim needs exactly one evidence grade"),
    (CLAIM, "cpg:claimStatus", "The claim needs exactly one status"),
    (CLAIM, "dcterms:created", "The claim needs exactly one day of entry"),
    ("id/coverage/rights", "cpg:checkedCity", "It is not said for which city"),
    ("id/coverage/rights", "cpg:checkedPractice", "It is not said which practice"),
    ("id/coverage/rights", "cpg:checkedSource", "It is not said in which source"),
    ("id/coverage/rights", "cpg:coverageStatus", "It is not said what came of the search"),
    (EDITION, "cpg:rankingMethod", "It is not said by which method"),
    (EDITION, "cpg:editionYear", "The edition has no year"),
    (EDITION, "dcterms:publisher", "It is not said which organisation published"),
    (EDITION, "dcterms:isPartOf", "The edition belongs to no ranking"),
    (CELL, "qb:dataSet", "The observation is not in exactly one data set"),
    (CELL, "cpg:refCity", "The observation is about no known city"),
    (CELL, "cpg:refEdition", "The observation is of no known edition"),
    (CELL, "cpg:rank", "The observation holds nothing"),
    (CELL, "cpg:rankBasis", "It is not said whether the rank was printed"),
    (CELL, "cpg:referenceSet", "It is not said among which cities"),
    ("id/cell/vision", "cpg:factor", "It is not said which factor the score"),
    ("id/cell/appraisal", "cpg:appraiser", "It is not said whose appraisal"),
    ("id/cell/appraisal", "cpg:factor", "The appraisal is for no factor"),
    ("id/appraisal/oslo", "cpg:refCity", "The appraisal is of no known city"),
    ("id/appraisal/oslo", "cpg:refEdition", "The appraisal refers to no known edition"),
    ("id/appraisal/oslo", "cpg:appraiser", "It is not said who appraises"),
    (OPEN, "skos:prefLabel", "The concept needs one name"),
    (OPEN, "skos:definition", "The concept needs one definition"),
    (OPEN, "skos:inScheme", "The concept is not in exactly one"),
    (OPEN, "skos:topConceptOf", "No path leads from the concept"),
    (OPEN, "cpg:practiceLevel", "The practice has no level"),
    ("concept/practice", "dcterms:title", "The scheme has no English title"),
    ("concept/practice", "dcterms:title", "The scheme has no Chinese title"),
    ("ontology", "dcterms:title", "There is no English title"),
    ("ontology", "dcterms:title", "There is no Chinese title"),
    ("ontology", "dcterms:description", "There is no English description"),
    ("ontology", "dcterms:description", "There is no Chinese description"),
    ("ontology", "dcterms:abstract", "There is no English abstract"),
    ("ontology", "dcterms:abstract", "There is no Chinese abstract"),
    ("ontology", "dcterms:creator", "There is no creator"),
    ("ontology", "dcterms:publisher", "There is no publisher"),
    ("ontology", "dcterms:created", "There is no day of creation"),
    ("ontology", "dcterms:license", "There is no licence"),
    ("ontology", "owl:versionIRI", "There is no version IRI"),
    ("ontology", "owl:versionInfo", "There is no semantic version"),
    ("ontology", "vann:preferredNamespacePrefix", "There is no preferred prefix"),
    ("ontology", "vann:preferredNamespaceUri", "There is no preferred namespace"),
    ("dataset/1", "dcterms:license", "There is no licence"),
    ("dataset/1", "dcterms:description", "There is no Chinese description"),
    ("dataset/1", "dcat:version", "There is no version, or"),
    ("dataset/1", "dcat:distribution", "There is no distribution"),
    ("dataset/1", "void:triples", "There is no number of triples"),
    ("dataset/1", "void:vocabulary", "There is no vocabulary"),
)
WRONG: tuple[tuple[str, str, str, str], ...] = (
    (OSLO, "cpg:countryCode", '"no"', "The country code"),
    (OSLO, "geo:lat", "123.0", "The city needs exactly one latitude"),
    (OSLO, "cpg:region", "<concept/region/asia>", "The sub-region is missing or does not lie"),
    (MAPS, "cpg:city", "<id/organisation/firm>", "The programme lies in no known place"),
    (MAPS, "cpg:leadOrganisation", "<id/city/oslo>", "What is named as lead, partner"),
    (MAPS, "cpg:startYear", "2010", "The start year is not a year"),
    (MAPS, "cpg:endYear", "2012", "The end year is not a year"),
    (MAPS, "cpg:endYear", '"2009"^^xsd:gYear', "The programme ends before it starts"),
    ("id/arrangement/board", "cpg:participatingBody", "<id/city/oslo>", "A participating body"),
    ("id/arrangement/board", "cpg:meetingInterval", '"P14D"', "The interval is not a duration"),
    (AGENCIES, "cpg:numericValue", "70", "The figure is missing or is no decimal"),
    (AGENCIES, "cpg:numericValue", '"-70.0"^^xsd:decimal', "A count is negative"),
    (AGENCIES, "cpg:resultLevel", "<concept/result-level/outcome>", "The level does not fit"),
    (CHANGE, "cpg:resultLevel", "<concept/result-level/output>", "The level does not fit"),
    (CHANGE, "cpg:unit", "<concept/unit/one>", "A relative change is not in percent"),
    (CHANGE, "cpg:baselineYear", '"2021"^^xsd:gYear', "The baseline year is not before"),
    (CHANGE, "cpg:baselineYear", '"2005"', "The baseline year is not a year"),
    (CHANGE, "cpg:observedYear", '"2021"', "The observed year is not a year"),
    (PLACE, "cpg:numericValue", "0.0", "A place in an order"),
    (PLACE, "cpg:numericValue", "1.5", "A place in an order"),
    ("id/target/users", "cpg:targetYear", '"2025"', "The target year is not a year"),
    ("id/target/users", "cpg:targetValue", '"100"', "The target value is no decimal"),
    ("id/recognition/prize", "cpg:awardedTo", "<id/organisation/firm>", "The recognition went"),
    ("id/recognition/prize", "cpg:awardYear", '"2019"', "The year of the recognition"),
    ("id/recognition/prize", "cpg:awardPlace", "0", "The place is not a whole number"),
    (TEXT, "dcterms:language", '"en"', "The language is no language tag"),
    (TEXT, "dcterms:issued", '"2021"', "The source has no date"),
    (TEXT, "prov:hadPrimarySource", "<id/city/oslo>", "The primary source is no source"),
    (TEXT, "cpg:textLength", "30", "A fragment ends after the end of the text"),
    (SPOT, "oa:hasSelector", "<id/city/oslo>", "The fragment has no single text position"),
    (SPOT, "cpg:segmentSha256", '"abc"', "The fragment has a position but no SHA-256"),
    (SELECTOR, "oa:start", "40", "The start of the position is missing, or is not before"),
    (SELECTOR, "oa:start", '"-1"^^xsd:integer', "The start of the position is missing"),
    (CLAIM, "prov:wasDerivedFrom", "<id/source/text>", "The claim rests on no known place"),
    (CELL, "cpg:rank", "0", "The rank is not a whole number"),
    (CELL, "cpg:totalScore", '"7.1"', "The total is no decimal number"),
    ("id/cell/vision", "cpg:score", '"-1.0"^^xsd:decimal', "The score is no decimal number"),
    ("concept/practice/narrow", "cpg:practiceLevel", "3", "A broader practice is not on a higher"),
    ("ontology", "dcterms:license", '"CC BY"', "There is no licence"),
)


def turns(rows: Iterable[Row]) -> Iterator[tuple[int, Row]]:
    """Number the rows of each subject: rows of one turn are about different subjects."""
    seen: Counter[str] = Counter()
    for row in rows:
        yield seen[row[0]], row
        seen[row[0]] += 1


PLANTED: Mapping[str, Planted] = {
    **{
        f"no {predicate} of {subject}: {message}": Planted(
            drop(subject, predicate),
            subject,
            message,
            group=f"missing {turn}",
        )
        for turn, (subject, predicate, message) in turns(MISSING)
    },
    **{
        f"{predicate} {value} of {subject}": Planted(
            swap(subject, predicate, value), subject, message, group=f"wrong {turn}"
        )
        for turn, (subject, predicate, value, message) in turns(WRONG)
    },
    **{
        f"{thing} without {language} name": Planted(
            f"DELETE {{ <{thing}> skos:prefLabel ?name }} WHERE "
            f'{{ <{thing}> skos:prefLabel ?name FILTER(LANG(?name) = "{language}") }}',
            thing,
            message,
            group=f"no {language} name",
        )
        for thing in (
            OSLO,
            MAPS,
            "id/district/centre",
            "id/area/union",
            "id/organisation/firm",
            "id/organisation/city",
            "id/asset/app",
            "id/arrangement/board",
            "id/outcome/saving",
            "id/target/users",
            "id/recognition/prize",
            "id/recommendation/all",
            "id/ranking/top",
            "id/edition/top",
        )
        for language, message in (
            ("en", "There is no English name"),
            ("zh-Hans", "There is no Chinese name"),
        )
    },
    **{
        f"{thing} without label status": Planted(
            drop(thing, "cpg:labelStatus"), thing, "It is not said where the English", "Warning"
        )
        for thing in ("id/asset/app", "id/arrangement/board", "id/recognition/prize")
    },
    "two English names": Planted(
        add(f'<{MAPS}> skos:prefLabel "Atlas"@en'), MAPS, "A name is in another language, or"
    ),
    "a Norwegian name": Planted(
        add(f'<{MAPS}> skos:prefLabel "Kart"@no'), MAPS, "A name is in another language"
    ),
    "two Wikidata links": Planted(
        add(f"<{OSLO}> schema:sameAs <http://www.wikidata.org/entity/Q1>"),
        OSLO,
        "The city has two Wikidata links",
    ),
    "no practice": Planted(
        drop(MAPS, "cpg:implementsPractice"),
        MAPS,
        "The programme implements no practice",
        "Warning",
    ),
    "three kinds": Planted(
        add(
            f"<{MAPS}> cpg:programmeKind <concept/programme-kind/fund> , "
            "<concept/programme-kind/network>"
        ),
        MAPS,
        "The programme has more than two forms",
        "Warning",
    ),
    "an asset of nobody": Planted(
        drop(MAPS, "cpg:delivers"), "id/asset/app", "No programme delivers the asset"
    ),
    "an arrangement of nothing": Planted(
        drop(MAPS, "cpg:hasArrangement"), "id/arrangement/board", "The arrangement belongs to no"
    ),
    "an outcome of nothing": Planted(
        drop(MAPS, "cpg:hasOutcome"), "id/outcome/saving", "The outcome belongs to no programme"
    ),
    "a figure of nothing": Planted(
        drop("id/outcome/saving", "cpg:hasMeasurement"), CHANGE, "The figure belongs to nothing"
    ),
    "a figure of two things": Planted(
        add(f"<{OSLO}> cpg:hasMeasurement <{AGENCIES}>"), AGENCIES, "The figure belongs to nothing"
    ),
    "a target of nothing": Planted(
        drop(MAPS, "cpg:hasTarget"), "id/target/users", "The target belongs to no programme"
    ),
    "a target without year and value": Planted(
        f"{drop('id/target/users', 'cpg:targetYear')} ; "
        f"{drop('id/target/users', 'cpg:targetValue')}",
        "id/target/users",
        "The target has neither year nor value",
    ),
    "a part of two wholes": Planted(
        add("<id/recommendation/first> dcterms:isPartOf <id/ranking/top>"),
        "id/recommendation/first",
        "It is part of two things",
    ),
    "a part of its part": Planted(
        add(
            "<id/recommendation/all> dcterms:isPartOf <id/recommendation/first> . "
            "<id/recommendation/first> dcterms:hasPart <id/recommendation/all>"
        ),
        "id/recommendation/all",
        "It is part of one of its own parts",
    ),
    "two primary sources": Planted(
        add(f"<{TEXT}> prov:hadPrimarySource <{TEXT}>"), TEXT, "The source reprints two others"
    ),
    "a conflict with a city": Planted(
        add(f"<{CLAIM}> cpg:conflictsWith <{OSLO}>"), CLAIM, "The claim conflicts with something"
    ),
    "found, though not found": Planted(
        f"{add(f'<{OSLO}> cpg:adoptsPractice <concept/practice/digital-rights>')} ; "
        + swap(
            "id/coverage/rights",
            "cpg:coverageStatus",
            "<concept/coverage-status/documented-absent>",
        ),
        "id/coverage/rights",
        "The record says that the practice is absent",
    ),
    "not found, though found": Planted(
        swap("id/coverage/rights", "cpg:coverageStatus", "<concept/coverage-status/documented>"),
        "id/coverage/rights",
        "The record says that the practice is documented",
    ),
    "an edition counted from nought": Planted(
        swap(EDITION, "cpg:editionNumber", "0"), EDITION, "The number of the edition"
    ),
    "a rank taken twice": Planted(
        add(f"{SECOND_RANK} <id/cell/rank2> cpg:totalScore 6.0"),
        EDITION,
        "Two cities with different totals have one rank",
    ),
    "a rank shared without totals": Planted(
        add(SECOND_RANK), EDITION, "Two cities have one rank, and no totals", "Warning"
    ),
    "a city with two ranks": Planted(
        add(
            "<id/cell/rank2> cpg:refEdition <id/edition/top> ; cpg:rank 3 ; "
            f"cpg:refCity <{OSLO}> ; cpg:referenceSet <concept/reference-set/world>"
        ),
        EDITION,
        "One city has two ranks",
        "Warning",
    ),
    "a city with two scores": Planted(
        add("<id/cell/vision> cpg:score 2.0"), EDITION, "One city has two scores", "Warning"
    ),
    "a total that is no sum": Planted(
        swap(CELL, "cpg:totalScore", "7.3"), EDITION, "The total is not the sum", "Warning"
    ),
    "a concept with two definitions": Planted(
        add(f'<{OPEN}> skos:definition "Another."@en'), OPEN, "The concept needs one definition"
    ),
    "a name twice": Planted(
        add(f'<{OPEN}> skos:altLabel "open-data practice"@en'), OPEN, "A name is given as preferred"
    ),
    "related to what is above": Planted(
        add(f"<concept/practice/narrow> skos:related <{OPEN}>"),
        "concept/practice/narrow",
        "A concept is both above the concept and related",
    ),
    "a circle": Planted(
        add(f"<{OPEN}> skos:broader <concept/practice/narrow>"),
        OPEN,
        "A broader concept is reached a second time",
    ),
    "a shortcut": Planted(
        add(
            "<concept/practice/narrow> skos:broader <concept/practice/digital-rights> . "
            f"<concept/practice/digital-rights> skos:broader <{OPEN}>"
        ),
        "concept/practice/narrow",
        "A broader concept is reached a second time",
    ),
    "a broader concept elsewhere": Planted(
        add(f"<{OPEN}> skos:broader <concept/region/europe>"),
        "concept/practice/narrow",
        "A concept further up is in another scheme",
    ),
    "two concepts of one name": Planted(
        add('<concept/region/asia> skos:prefLabel "europe region"@en'),
        "ontology",
        "Two concepts of one scheme have one name",
    ),
    "a scheme without top": Planted(
        f"{drop('concept/unit', 'skos:hasTopConcept')} ; "
        "DELETE WHERE { ?unit skos:topConceptOf <concept/unit> }",
        "concept/unit",
        "The scheme has no top concept",
    ),
    "a deprecated concept in use": Planted(
        add(f"<{OPEN}> owl:deprecated true"), OPEN, "A deprecated term is still used"
    ),
    "a deprecated property in use": Planted(
        add("cpg:city owl:deprecated true"),
        expand("cpg:city").removeprefix(BASE),
        "A deprecated term is still used",
    ),
    **{
        f"{scheme} with the class of another scheme": Planted(
            add(f"<concept/unit/one> a cpg:{marker}"),
            "concept/unit/one",
            f"A concept of another scheme has the class cpg:{marker}.",
            group="markers",
        )
        for scheme, marker in MARKERS.items()
    },
    **{
        f"{key.name} of another scheme": Planted(
            add(f"<id/thing/{key.name}> {key.predicate} <concept/other/stray>"),
            f"id/thing/{key.name}",
            "The value of ",
            group="schemes",
        )
        for key in curation_context().keys.values()
        if key.kind == "concept" and key.predicate.startswith("cpg:")
    },
}
# A good change each: what must stay allowed.
ALLOWED = {
    "a disputed start year": add(f'<{MAPS}> cpg:startYear "2013"^^xsd:gYear'),
    "a year with the end": swap(MAPS, "cpg:startYear", '"2012"^^xsd:gYear'),
    "a tie with equal totals": add(
        f"{SECOND_RANK} <id/cell/rank2> cpg:totalScore 7.1 . <id/city/bergen> a cpg:City ; "
        'skos:prefLabel "Bergen"@en , "卑尔根"@zh-Hans ; cpg:countryCode "NO" ; '
        "cpg:region <concept/region/europe> ; cpg:subregion <concept/region/north> ; "
        "geo:lat 60.4 ; geo:long 5.3"
    ),
    "a total within the rounding": swap(CELL, "cpg:totalScore", "7.2"),
    "a negative amount of money": " ; ".join(
        (
            swap(AGENCIES, "cpg:numericValue", '"-5.0"^^xsd:decimal'),
            swap(AGENCIES, "cpg:unit", "<concept/unit/usd>"),
        )
    ),
    "a deprecated concept that rests": add(
        "<concept/unit/usd> owl:deprecated true ; dcterms:isReplacedBy <concept/unit/one>"
    ),
    "a programme of a union": f"{drop(MAPS, 'cpg:city')} ; "
    f"{add(f'<{MAPS}> cpg:inJurisdiction <id/district/centre>')}",
    "a practice documented by a narrower one": " ; ".join(
        (
            swap("id/coverage/rights", "cpg:checkedPractice", f"<{OPEN}>"),
            swap(OSLO, "cpg:adoptsPractice", "<concept/practice/narrow>"),
            swap(
                "id/coverage/rights", "cpg:coverageStatus", "<concept/coverage-status/documented>"
            ),
        )
    ),
}


def scheme_triples() -> Iterator[str]:
    """Small concept schemes: the slugs of the good graph with made-up names."""
    extra = {"practice": " narrow", "region": " north"}
    for scheme, slugs in {**CONCEPTS, "challenge": "", "domain": "", "stakeholder": ""}.items():
        if not slugs:
            continue
        yield (
            f"<concept/{scheme}> a skos:ConceptScheme ; "
            f'dcterms:title "{scheme}"@en , "{scheme}表"@zh-Hans .'
        )
        for slug in (slugs + extra.get(scheme, "")).split():
            concept = f"<concept/{scheme}/{slug}>"
            yield (
                f"{concept} a skos:Concept ; skos:inScheme <concept/{scheme}> ; "
                f'skos:prefLabel "{slug} {scheme}"@en , "{slug}{scheme}项"@zh-Hans ; '
                f'skos:definition "About {slug}."@en , "关于{slug}。"@zh-Hans .'
            )
            if slug not in extra.get(scheme, ""):
                yield f"{concept} skos:topConceptOf <concept/{scheme}> ."
                yield f"<concept/{scheme}> skos:hasTopConcept {concept} ."
            if scheme in MARKERS:
                yield f"{concept} a cpg:{MARKERS[scheme]} ."
            if scheme == "practice" and slug != "narrow":
                yield f"{concept} cpg:practiceLevel 3 ."


def good_graph() -> Graph:
    """A fresh graph without a fault."""
    text = f"BASE <{BASE}>\n{HEAD}{GOOD}" + "\n".join(scheme_triples())
    return Graph().parse(data=text, format="turtle")


@cache
def shapes() -> Graph:
    """All shape files together, as the build runs them."""
    graph = Graph()
    for path in shape_files():
        graph.parse(path, format="turtle")
    return graph


@dataclass(frozen=True)
class Result:
    """What curators see of a validation result."""

    focus: str
    severity: str
    english: str
    chinese: str


def validate(change: str = "") -> list[Result]:
    """Results of the shapes on the good graph after a change (SPARQL 1.1 Update)."""
    graph = good_graph()
    if change:
        graph.update(f"BASE <{BASE}>\n{HEAD}{change}")
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes(), inference="none", inplace=True)
    assert isinstance(report, Graph), report
    return [
        Result(
            str(report.value(node, SH.focusNode)).removeprefix(BASE),
            str(report.value(node, SH.resultSeverity)).removeprefix(str(SH)),
            _text(report, node, "en"),
            _text(report, node, "zh-Hans"),
        )
        for node in report.subjects(RDF.type, SH.ValidationResult)
    ]


def _text(report: Graph, node: Any, language: str) -> str:
    # pySHACL 0.40.1 drops the language tags of SPARQL messages; the constraint keeps them.
    constraint = report.value(node, SH.sourceConstraint)
    texts = [
        str(text)
        for text in (
            report.objects(node, SH.resultMessage)
            if constraint is None
            else report.objects(constraint, SH.message)
        )
        if isinstance(text, Literal) and text.language == language
    ]
    assert len(texts) == 1, list(report.objects(node, SH.resultMessage))
    return texts[0]


@pytest.fixture(scope="module")
def found() -> dict[str, list[Result]]:
    """Results of every planted fault; faults of one group are planted together."""
    groups: dict[str, list[str]] = {}
    for name, planted in PLANTED.items():
        groups.setdefault(planted.group or name, []).append(name)
    results = {}
    for names in groups.values():
        shared = validate(" ; ".join(dict.fromkeys(PLANTED[name].change for name in names)))
        results.update(dict.fromkeys(names, shared))
    return results


def test_the_good_graph_has_no_result() -> None:
    assert validate() == []


@pytest.mark.parametrize("name", ALLOWED)
def test_what_is_allowed_has_no_result(name: str) -> None:
    assert validate(ALLOWED[name]) == []


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_found(name: str, found: dict[str, list[Result]]) -> None:
    planted = PLANTED[name]
    hits = [
        result
        for result in found[name]
        if result.focus == planted.focus and result.english.startswith(planted.message)
    ]
    assert hits, found[name]
    assert {result.severity for result in hits} == {planted.severity}


def messages(language: str) -> set[str]:
    """All messages of the shapes in one language."""
    return {
        str(text)
        for text in shapes().objects(None, SH.message)
        if isinstance(text, Literal) and text.language == language
    }


def test_every_constraint_can_fire(found: dict[str, list[Result]]) -> None:
    fired = {result.english for results in found.values() for result in results}
    assert messages("en") - fired == set()
    assert fired <= messages("en")


def test_every_concept_position_has_a_shape() -> None:
    """Each key that takes slugs is checked against its own scheme."""
    graph = shapes()
    for key in curation_context().keys.values():
        if key.kind != "concept" or not key.predicate.startswith("cpg:"):
            continue
        shape = graph.value(None, SH.targetSubjectsOf, URIRef(expand(key.predicate)), any=True)
        holders = set(graph.subjects(SH.targetSubjectsOf, URIRef(expand(key.predicate))))
        texts = {str(text) for node in holders for text in graph.objects(node, SH.message)}
        assert shape is not None, key.name
        assert any(f" {key.scheme}. " in text for text in texts), key.name
        assert (None, SH.hasValue, URIRef(CONCEPT + key.scheme)) in graph, key.name


def constraint_nodes(graph: Graph) -> Iterator[Any]:
    """Shapes and SPARQL constraints that report on their own."""
    for node in set(graph.objects(None, SH.property)) | set(graph.objects(None, SH.sparql)):
        helpers = set(graph.subjects(SH.property, node))
        inside = {
            helper
            for helper in helpers
            if not any((helper, target, None) in graph for target in TARGETS)
        }
        if not helpers or helpers - inside:
            yield node
    for node in set(graph.subjects(SH["or"], None)):
        if any((node, target, None) in graph for target in TARGETS):
            yield node
    yield from (
        node
        for node in graph.subjects(RDF.type, SH.PropertyShape)
        if (node, SH.targetSubjectsOf, None) in graph
    )


TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)


def test_every_constraint_says_in_both_languages_what_to_do() -> None:
    graph = shapes()
    nodes = set(constraint_nodes(graph))
    assert len(nodes) > 150
    for node in nodes:
        texts = list(graph.objects(node, SH.message))
        languages = sorted(str(getattr(text, "language", None)) for text in texts)
        assert languages == ["en", "zh-Hans"], (node, texts)
        for text in texts:
            assert str(text).count("." if text.language == "en" else "。") >= 2, text  # type: ignore[attr-defined]


def test_single_valued_properties_are_left_to_the_code() -> None:
    """Two disputed values are allowed, and SHACL cannot see which claims are disputed."""
    from kg.vocabulary import vocabulary_triples

    single = {
        str(triple.subject).strip("<>")
        for triple in vocabulary_triples()
        if triple.predicate.value == expand("cpg:singleValued")
    }
    exempt = {  # never disputed: what a claim or a concept is, not what a source says
        expand(name)
        for name in (
            "cpg:evidenceGrade",
            "cpg:claimStatus",
            "cpg:practiceLevel",
            "cpg:segmentSha256",
        )
    }
    graph = shapes()
    capped = {str(graph.value(node, SH.path)) for node in graph.subjects(SH.maxCount, None)}
    assert capped & single <= exempt
