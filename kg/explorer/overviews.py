"""Pages over many things: the home page, lists, the matrix, its cells, the map, what is unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kg.errors import ParameterError, UnknownNameError
from kg.explorer.panels import Cell, Column, Item, Page, Panel, number, plain
from kg.explorer.profiles import PRACTICES, Profiles
from kg.explorer.reading import Matrix, State, country, format_day, format_percent
from kg.explorer.record import FACETS, KINDS, LEADING, Literal, iri_of

_ORDERS: Final = ("count", "alike", "rank", "name")
_LEVELS: Final = ("1", "2", "3", "4")
_MOST_COLUMNS: Final = 120


@dataclass(frozen=True)
class Choice:
    """What a reader has chosen for the matrix; every value is one that there is.

    Attributes
    ----------
    regions
        Slugs of regions; empty for all.
    theme
        Slug of a practice of level 1; empty for all.
    leading
        Only the leading cities; 0 for all.
    documented
        Only cities with anything on record.
    """

    facet: str = "practice"
    level: str = "3"
    order: str = "count"
    regions: tuple[str, ...] = ()
    theme: str = ""
    leading: int = 0
    documented: bool = True

    @property
    def key(self) -> str:
        """Key of the matrix in the record."""
        return f"{self.facet}-{self.level}" if self.facet == "practice" else self.facet

    @property
    def parameters(self) -> tuple[tuple[str, str], ...]:
        """Those that differ from the beginning, for the address."""
        pairs = [
            ("facet", self.facet if self.facet != "practice" else ""),
            ("level", self.level if self.level != "3" else ""),
            ("order", self.order if self.order != "count" else ""),
            *(("region", region) for region in self.regions),
            ("theme", self.theme),
            ("leading", str(self.leading) if self.leading else ""),
            ("all", "" if self.documented else "1"),
        ]
        return tuple((key, value) for key, value in pairs if value)


class Overviews(Profiles):
    """Writes the pages over many things in one language."""

    # home

    def home(self) -> Page:
        """The finding in a sentence, the matrix, three questions with their answers."""
        documented, registered = self.reader.documented(PRACTICES)
        programmes = len(self.record.things("programme"))
        sources = len(self.record.things("source"))
        first = self.reader.rows(PRACTICES)[0]
        leading = self.reader.rows(f"{PRACTICES}-leading-{LEADING[0]}")
        among, _ = self.reader.documented(f"{PRACTICES}-leading-{LEADING[0]}")
        most = [row for row in leading if len(row["cities"]) == len(leading[0]["cities"])]
        finding = self.say(
            "finding",
            self.names(row["concept"] for row in most),
            len(leading[0]["cities"]),
            among,
            LEADING[0],
            self.name(first["concept"]),
            len(first["cities"]),
            documented,
        )
        choice = Choice(leading=50)
        return Page(
            path="",
            language=self.language,
            title=self.say("tagline"),
            lead=finding,
            template="home.html",
            panels=(self.matrix_panel(choice), self._questions(), self._counted()),
            things=tuple(row["concept"] for row in leading),
            extra={
                "scope": self.say(
                    "home-scope",
                    self.count(programmes),
                    documented,
                    registered,
                    self.count(sources),
                ),
                "actions": [
                    (self.say("nav-matrix"), f"/{self.language}/matrix"),
                    (self.say("nav-cities"), f"/{self.language}/city"),
                    (self.say("nav-map"), f"/{self.language}/map"),
                ],
            },
        )

    def _questions(self) -> Panel:
        """Three questions with their answers in a sentence, each leading to its page."""
        base = f"/{self.language}"
        rows: list[tuple[Cell, ...]] = []
        shanghai = "id/city/shanghai"
        gaps = self.reader.gaps(shanghai, "peers")
        if gaps and gaps["rows"]:
            best = gaps["rows"][0]
            answer = self.say(
                "answer-gap",
                len(gaps["rows"]),
                self.name(best["concept"]),
                len(best["cities"]),
                best["documented"],
            )
            question = self.say("question-gap", self.name(shanghai))
            rows.append(((Item(question, href=f"{base}/gap/shanghai"),), plain(answer)))
        budget = "concept/mechanism/participatory-budgeting"
        if budget in self.record:
            matrix = self.reader.matrix("mechanism")
            cities = matrix.cities_of(budget)
            claims = [
                claim
                for city in cities
                for several in matrix.cells[city, budget].values()
                for claim in several
            ]
            answer = self.say("answer-who", len(cities), len(self.record.sources(claims)))
            question = self.say("question-who", self.name(budget))
            rows.append(
                ((Item(question, href=f"{base}/mechanism/participatory-budgeting"),), plain(answer))
            )
        trio = ("singapore", "shanghai", "new-york-city")
        if all(f"id/city/{slug}" in self.record for slug in trio):
            matrix = self.reader.matrix(PRACTICES)
            shared = set(matrix.concepts).intersection(
                *(matrix.concepts_of(f"id/city/{slug}") for slug in trio)
            )
            answer = (
                self.say("answer-compare", self.names(sorted(shared)))
                if shared
                else self.say("answer-compare-none")
            )
            question = self.say("question-compare", self.names(f"id/city/{s}" for s in trio))
            address = f"{base}/compare?" + "&".join(f"city={slug}" for slug in trio)
            rows.append(((Item(question, href=address),), plain(answer)))
        columns = (
            Column("question", self.say("column-question")),
            Column("answer", self.say("column-answer")),
        )
        return Panel(
            "questions", self.say("panel-questions"), columns, tuple(rows), form="questions"
        )

    def _counted(self) -> Panel:
        """Practices by number of cities, with bars."""
        documented, _ = self.reader.documented(PRACTICES)
        among, _ = self.reader.documented(f"{PRACTICES}-leading-{LEADING[0]}")
        ahead = {
            row["concept"]: len(row["cities"])
            for row in self.reader.rows(f"{PRACTICES}-leading-{LEADING[0]}")
        }
        rows = []
        for row in self.reader.rows(PRACTICES):
            cities = len(row["cities"])
            rows.append(
                (
                    (self.link.item(row["concept"]),),
                    (self._of(cities, documented),),
                    (self._of(ahead.get(row["concept"], 0), among),),
                    plain(
                        self.say(
                            "interval",
                            format_percent(row["low"], self.language),
                            format_percent(row["high"], self.language),
                        )
                    ),
                    (number(len(row["programmes"])),),
                    (number(len(row["sources"])),),
                )
            )
        return Panel(
            "recurrence",
            self.say("panel-counted"),
            (
                *self.columns("practice", "cities", numeric=("cities",)),
                Column("leading", self.say("scope-leading", LEADING[0]), numeric=True),
                *self.columns(
                    "interval", "programmes", "sources", numeric=("programmes", "sources")
                ),
            ),
            tuple(rows),
            note=self.say("recurrence-note"),
            query=("cq01-practices-by-cities", (("language", self.language),)),
        )

    # the matrix

    def choose(self, parameters: Sequence[tuple[str, str]]) -> Choice:
        """The choice that an address makes.

        Raises
        ------
        ParameterError
            A value is none of those that there are.
        """
        given: dict[str, list[str]] = {}
        for key, value in parameters:
            if value:
                given.setdefault(key, []).append(value)

        def one(key: str, allowed: Sequence[str], default: str) -> str:
            value = given.get(key, [default])[-1]
            if value not in (*allowed, default):
                raise ParameterError("bad-parameter", key, " | ".join(allowed), value)
            return value

        regions = [self.record.slug(region) for region in self.regions()]
        themes = [self.record.slug(theme) for theme in self.themes()]
        for region in given.get("region", ()):
            if region not in regions:
                raise ParameterError("bad-parameter", "region", " | ".join(regions), region)
        return Choice(
            facet=one("facet", FACETS, "practice"),
            level=one("level", _LEVELS, "3"),
            order=one("order", _ORDERS, "count"),
            regions=tuple(dict.fromkeys(given.get("region", ()))),
            theme=one("theme", themes, ""),
            leading=int(one("leading", [str(n) for n in LEADING], "0")),
            documented="all" not in given,
        )

    def regions(self) -> list[str]:
        """Regions of the registered cities."""
        return sorted(
            {region for c in self.record.things("city") if (region := self.reader.region(c))}
        )

    def themes(self) -> list[str]:
        """Practices of level 1."""
        return [p for p in self.record.things("practice") if self.reader.level(p) == 1]

    def chosen(self, choice: Choice) -> tuple[Matrix, list[str], list[str]]:
        """The matrix with the cities and concepts of a choice, in its order."""
        matrix = self.reader.matrix(choice.key)
        wanted_region = {f"concept/region/{slug}" for slug in choice.regions}
        cities = []
        for city in matrix.cities:
            rank = self.reader.rank(city)
            if choice.leading and (rank is None or rank > choice.leading):
                continue
            if wanted_region and self.reader.region(city) not in wanted_region:
                continue
            if choice.documented and not matrix.concepts_of(city):
                continue
            cities.append(city)
        concepts = [
            concept
            for concept in matrix.concepts
            if not choice.theme or self.record.slug(self.reader.theme(concept)) == choice.theme
        ]
        held = {c: sum((city, c) in matrix.cells for city in cities) for c in concepts}
        full = {c: sum((c, concept) in matrix.cells for concept in concepts) for c in cities}
        rank_order = {city: place for place, city in enumerate(matrix.cities)}
        if choice.order == "alike":
            places = {name: place for place, name in enumerate(matrix.alike_cities)}
            columns = {name: place for place, name in enumerate(matrix.alike_concepts)}
            cities.sort(key=lambda c: places[c])
            concepts.sort(key=lambda c: columns[c])
        elif choice.order == "name":
            cities.sort(key=self._sorted_name)
            concepts.sort(key=self._sorted_name)
        else:
            # Full rows and columns in one corner: nested records show as a triangle.
            concepts.sort(key=lambda c: (-held[c], c))
            if choice.order == "count":
                cities.sort(key=lambda c: (-full[c], rank_order[c]))
        return matrix, cities, concepts[:_MOST_COLUMNS]

    def _sorted_name(self, thing: str) -> tuple[str, str]:
        """Order by name: Chinese by pinyin, as dictionaries have it."""
        orders: Mapping[str, str] = self.record.analyses.get("pinyin", {})
        name = self.name(thing)
        return (orders.get(name, name.casefold()), thing)

    def matrix_panel(self, choice: Choice) -> Panel:
        """Cities by concepts: documented, looked for and not found, or unknown."""
        matrix, cities, concepts = self.chosen(choice)
        rows = []
        tally: dict[State, int] = {"documented": 0, "searched": 0, "unknown": 0}
        for city in cities:
            cells: list[Cell] = [(self.link.item(city),)]
            for concept in concepts:
                state = self.reader.state(matrix, city, concept)
                tally[state] += 1
                programmes = matrix.cells.get((city, concept), {})
                cells.append(
                    (
                        Item(
                            self.say(f"state-{state}"),
                            number=len(programmes),
                            href=self.evidence_href(city, concept) if programmes else "",
                            state=state,
                        ),
                    )
                )
            rows.append(tuple(cells))
        columns = (
            Column("city", self.say("column-city")),
            *(Column(self.record.slug(c), self.name(c)) for c in concepts),
        )
        lead = self.say(
            "matrix-lead",
            len(cities),
            len(concepts),
            self.say(f"facet-{choice.facet}"),
            self.count(tally["documented"]),
            self.count(tally["searched"]),
            self.count(tally["unknown"]),
        )
        return Panel(
            "matrix",
            self.say("panel-matrix", self.say(f"facet-{choice.facet}")),
            columns,
            tuple(rows),
            form="matrix",
            lead=lead,
            note=self.say("unknown-note"),
            empty=self.say("matrix-empty"),
            query=("incidence", (("facet", choice.facet),)),
            extra={"concepts": [self.link.item(c) for c in concepts]},
            picture=True,
            shown=1_000,
        )

    def matrix(self, parameters: Sequence[tuple[str, str]]) -> Page:
        """The matrix with everything that can be chosen.

        Raises
        ------
        ParameterError
            A value is none of those that there are.
        """
        choice = self.choose(parameters)
        panel = self.matrix_panel(choice)
        options: dict[str, list[tuple[str, str, bool]]] = {
            "facet": [(f, self.say(f"facet-{f}"), f == choice.facet) for f in FACETS],
            "level": [(n, self.say(f"level-{n}"), n == choice.level) for n in _LEVELS],
            "theme": [
                ("", self.say("any-theme"), not choice.theme),
                *(
                    (self.record.slug(t), self.name(t), self.record.slug(t) == choice.theme)
                    for t in self.themes()
                ),
            ],
            "leading": [
                ("", self.say("scope-all"), not choice.leading),
                *((str(n), self.say("scope-leading", n), n == choice.leading) for n in LEADING),
            ],
            "order": [(o, self.say(f"order-{o}"), o == choice.order) for o in _ORDERS],
            "region": [
                (self.record.slug(r), self.name(r), self.record.slug(r) in choice.regions)
                for r in self.regions()
            ],
        }
        if choice.facet != "practice":  # nothing else has levels and themes
            del options["level"], options["theme"]
        return Page(
            path="matrix",
            language=self.language,
            title=self.say("nav-matrix"),
            lead=panel.lead,
            template="matrix.html",
            panels=(panel,),
            parameters=choice.parameters,
            extra={"options": options, "all": not choice.documented},
        )

    def evidence(self, city: str, concept: str) -> Page:
        """What stands behind one cell of the matrix."""
        kind = self.record.kind(concept) or "outcome-type"
        level = self.reader.level(concept)
        matrix = self.reader.matrix(f"practice-{level}" if kind == "practice" else kind)
        programmes = matrix.cells.get((city, concept), {})
        state = self.reader.state(matrix, city, concept)
        rows: list[tuple[Cell, ...]] = []
        for programme, claims in programmes.items():
            for path in claims:
                claim = self.record.claim(path)
                rows.extend(
                    (
                        (
                            self.link.item(
                                programme,
                                note=self.record.description(programme, self.language),
                            ),
                        ),
                        (self.link.item(place.source),),
                        (Item(self.place(place.fragment), href=self.link.href(place.fragment)),),
                        (self.link.item(claim.grade), self.link.item(claim.status)),
                        (self.link.item(path),),
                        tuple(
                            Item(self.say("open-original"), href=url)
                            for url in self.record.values(place.source, "schema:url")
                        ),
                    )
                    for place in claim.places
                )
        searched = self.reader.searched(city, concept)
        lead = self.say(
            f"evidence-{state}",
            self.name(city),
            self.name(concept),
            len(programmes),
            self.names(searched),
        )
        slug = self.record.slug(city)
        return Page(
            path=f"evidence/{slug}/{concept.removeprefix('concept/')}",
            language=self.language,
            title=self.say("evidence-title", self.name(city), self.name(concept)),
            lead=lead,
            eyebrow=self.say("kind-evidence"),
            panels=(
                Panel(
                    "evidence",
                    self.say("panel-evidence"),
                    self.columns("programme", "source", "place", "grade", "claim", "original"),
                    tuple(rows),
                    note=self.say("unknown-note"),
                    query=("incidence", (("facet", kind),)),
                    empty=self.say(f"state-{state}"),
                    shown=60,
                ),
            ),
            things=(city, concept, *programmes),
            extra={
                "actions": [
                    (self.name(city), self.link.href(city)),
                    (self.name(concept), self.link.href(concept)),
                ]
            },
        )

    def place(self, fragment: str) -> str:
        """A place in a source, in short."""
        end = self.record.slug(fragment)
        return self.say("whole-page") if end == "page" else end

    # lists

    def things(self, kind: str) -> Page:
        """All things of a kind, each with the figure that tells most."""
        names = self.record.things(kind)
        writers = {
            "city": self._city_rows,
            "practice": self._practice_rows,
            "technology": self._concept_rows,
            "mechanism": self._concept_rows,
            "programme": self._programme_rows,
            "source": self._source_rows,
        }
        columns, rows = writers.get(kind, self._plain_rows)(names)
        return Page(
            path=kind,
            language=self.language,
            title=self.say(f"kinds-{kind}"),
            lead=self.say("list-lead", self.count(len(rows))),
            panels=(
                Panel(
                    "list",
                    self.say(f"kinds-{kind}"),
                    columns,
                    rows,
                    shown=1_000,
                    query=_LISTING.get(kind),
                ),
            ),
        )

    def _city_rows(self, names: Sequence[str]) -> tuple[tuple[Column, ...], Any]:
        matrix = self.reader.matrix(PRACTICES)
        rows = []
        for city in matrix.cities:
            rank = self.reader.rank(city)
            programmes = self.reader.programmes(city)
            practices = len(matrix.concepts_of(city))
            code = self.record.text(city, "cpg:countryCode")
            rows.append(
                (
                    (self.link.item(city),),
                    plain(country(code, self.language)),
                    (self.link.item(self.reader.region(city)),),
                    (number(rank),) if rank is not None else (),
                    (number(len(programmes)),) if programmes else plain(self.say("state-unknown")),
                    (
                        Item(
                            str(practices),
                            number=practices,
                            bar=practices / len(matrix.concepts) if matrix.concepts else 0,
                        ),
                    )
                    if programmes
                    else (),
                )
            )
        columns = self.columns(
            *("city", "country", "region", "rank", "documentation", "practice_count"),
            numeric=("rank", "documentation", "practice_count"),
        )
        return columns, tuple(rows)

    def _practice_rows(self, names: Sequence[str]) -> tuple[tuple[Column, ...], Any]:
        rows = []
        documented, _ = self.reader.documented(PRACTICES)
        for practice in sorted(names, key=self._above):
            level = self.reader.level(practice)
            found = self.reader.recurrence(f"practice-{level}", practice) if level else None
            cities = len(found["cities"]) if found else 0
            rows.append(
                (
                    (self.link.item(practice),),
                    plain(self.say(f"level-{level}")),
                    (self.link.item(self.reader.theme(practice)),),
                    (self._of(cities, documented),),
                    (self.link.text(self.record.description(practice, self.language)),),
                )
            )
        columns = self.columns(
            "practice", "level", "theme", "cities", "definition", numeric=("cities",)
        )
        return columns, tuple(rows)

    def _above(self, practice: str) -> tuple[int, int, str]:
        level = self.reader.level(practice)
        order = (3, 4, 1, 2, 0).index(level)
        found = self.reader.recurrence(f"practice-{level}", practice) if level else None
        return order, -len(found["cities"]) if found else 0, practice

    def _concept_rows(self, names: Sequence[str]) -> tuple[tuple[Column, ...], Any]:
        rows = []
        kind = self.record.kind(names[0]) if names else "technology"
        counted = {row["concept"]: row for row in self.reader.rows(str(kind))}
        documented, _ = self.reader.documented(str(kind))
        for name in sorted(
            names, key=lambda n: (-len(counted[n]["cities"]) if n in counted else 0, n)
        ):
            cities = len(counted[name]["cities"]) if name in counted else 0
            rows.append(
                (
                    (self.link.item(name),),
                    (self._of(cities, documented),),
                    (self.link.text(self.record.description(name, self.language)),),
                )
            )
        return self.columns("name", "cities", "definition", numeric=("cities",)), tuple(rows)

    def _programme_rows(self, names: Sequence[str]) -> tuple[tuple[Column, ...], Any]:
        places = {city: place for place, city in enumerate(self.reader.matrix(PRACTICES).cities)}
        rows = []
        for name in sorted(names, key=lambda n: (places.get(self.reader.city_of(n), 999), n)):
            city = self.reader.city_of(name)
            rows.append(
                (
                    (self.link.item(name),),
                    (self.link.item(city),) if city else (),
                    self.link.items(self.record.values(name, "cpg:implementsPractice")),
                    plain(self.record.text(name, "cpg:startYear")),
                )
            )
        return self.columns("programme", "city", "practices", "year"), tuple(rows)

    def _source_rows(self, names: Sequence[str]) -> tuple[tuple[Column, ...], Any]:
        rows = [
            (
                (self.link.item(name),),
                self.link.items(self.record.values(name, "cpg:sourceType")),
                plain(format_day(self.record.text(name, "cpg:readOn"), self.language)),
            )
            for name in sorted(names, key=self._sorted_name)
        ]
        return self.columns("source", "type", "read"), tuple(rows)

    def _plain_rows(self, names: Sequence[str]) -> tuple[tuple[Column, ...], Any]:
        rows = []
        for name in sorted(names, key=self._sorted_name):
            related = [
                s.subject
                for s in self.record.into(name)
                if s.claims and self.record.kind(s.subject) == "programme"
            ]
            rows.append(((self.link.item(name),), self.link.items(dict.fromkeys(related))))
        return self.columns("name", "programmes"), tuple(rows)

    # the map

    def map(self, parameters: Sequence[tuple[str, str]]) -> Page:
        """Where the cities are, with how much is on record of each."""
        chosen = {value for key, value in parameters if key == "city"}
        dots, rows = [], []
        matrix = self.reader.matrix(PRACTICES)
        most = max((len(self.reader.programmes(c)) for c in matrix.cities), default=1) or 1
        for city in matrix.cities:
            latitude = self.record.text(city, "geo:lat")
            longitude = self.record.text(city, "geo:long")
            programmes = len(self.reader.programmes(city))
            rank = self.reader.rank(city)
            slug = self.record.slug(city)
            dots.append(
                {
                    "name": self.name(city),
                    "href": self.link.href(city),
                    "slug": slug,
                    "latitude": float(latitude or 0),
                    "longitude": float(longitude or 0),
                    "programmes": programmes,
                    "size": (programmes / most) ** 0.5,
                    "chosen": slug in chosen,
                    "practices": len(matrix.concepts_of(city)),
                }
            )
            rows.append(
                (
                    (self.link.item(city),),
                    (self.link.item(self.reader.region(city)),),
                    (number(rank),) if rank is not None else (),
                    (number(programmes, bar=programmes / most),),
                )
            )
        documented, registered = self.reader.documented(PRACTICES)
        return Page(
            path="map",
            language=self.language,
            title=self.say("nav-map"),
            lead=self.say("map-lead", registered, documented),
            panels=(
                Panel(
                    "map",
                    self.say("panel-map"),
                    self.columns(
                        *("city", "region", "rank", "documentation"),
                        numeric=("rank", "documentation"),
                    ),
                    tuple(rows),
                    form="map",
                    extra={"dots": dots},
                    picture=True,
                    note=self.say("map-note"),
                    query=("cities", ()),
                    shown=1_000,
                ),
            ),
        )

    # what is not known

    def unknown(self) -> Page:
        """Cities without a record, searches without a find, disputes, single sources."""
        matrix = self.reader.matrix(PRACTICES)
        nothing = [city for city in matrix.cities if not self.reader.programmes(city)]
        panels = [
            Panel(
                "cities",
                self.say("panel-no-record"),
                self.columns("city", "region", "rank", numeric=("rank",)),
                tuple(
                    (
                        (self.link.item(city),),
                        (self.link.item(self.reader.region(city)),),
                        (number(rank),) if (rank := self.reader.rank(city)) is not None else (),
                    )
                    for city in nothing
                ),
                lead=self.say("no-record-lead", len(nothing), len(matrix.cities)),
                query=("unknown", ()),
                shown=20,
            )
        ]
        panels += [self._table(name) for name in self.record.analyses["tables"]]
        return Page(
            path="unknown",
            language=self.language,
            title=self.say("nav-unknown"),
            lead=self.say("unknown-lead"),
            panels=tuple(panels),
        )

    def _table(self, name: str) -> Panel:
        """The answer of a named query as a panel."""
        from kg.catalogue import catalogue

        held = self.record.analyses["tables"][name]
        table = held.get(self.language, held["en"])
        variables = table["variables"]
        query = catalogue()[name]
        # A name stands in the link of the thing that it names.
        shown = [v for v in variables if v != "name" or not _thing_before(table, variables)]
        rows = []
        for row in table["rows"]:
            cells = dict(zip(variables, row, strict=True))
            rows.append(tuple(self._cell(cells[v]) for v in shown))
        tag = "zh" if self.language == "zh" else "en"
        parameters = (("language", self.language),) if "language" in query.parameters else ()
        return Panel(
            name,
            query.summary[tag],
            tuple(
                Column(v, self._heading(v), _numbers(table["rows"], variables.index(v)))
                for v in shown
            ),
            tuple(rows),
            lead=query.caution[tag] if query.caution else "",
            empty=self.say("nothing-here"),
            query=(name, parameters),
            shown=10,
        )

    def _heading(self, variable: str) -> str:
        from kg.messages import column

        said = column(variable, self.language)
        return said[:1].upper() + said[1:]

    def _cell(self, term: Any) -> Cell:
        if term is None:
            return ()
        if isinstance(term, str):
            if term.startswith("id/claim/"):
                return (Item(self.record.plain(term), name=term, href=self.link.href(term)),)
            if term.startswith("cpg:"):
                return plain(self._property(term))
            return (self.link.item(term),)
        value = Literal(*term)
        if value.datatype in ("xsd:integer", "xsd:decimal"):
            return (number(float(value.text), value.text),)
        return (self.link.text(value),)

    # data

    def data(self, files: Sequence[Mapping[str, str]]) -> Page:
        """Downloads, licence, version and how to cite.

        Parameters
        ----------
        files
            Each with ``name``, ``href``, ``type`` and ``note``.
        """
        rows = [
            (
                (Item(f["name"], href=f["href"]),),
                plain(f["type"]),
                plain(f["note"]),
            )
            for f in files
        ]
        columns = (
            Column("file", self.say("column-file")),
            Column("format", self.say("column-format")),
            Column("note", self.say("column-note")),
        )
        return Page(
            path="data",
            language=self.language,
            title=self.say("nav-data"),
            lead=self.say(
                "data-lead", format_day(self.record.made, self.language), self.record.version
            ),
            template="data.html",
            panels=(Panel("files", self.say("panel-files"), columns, tuple(rows)),),
        )

    def ontology(self) -> Page:
        """Classes and properties with their definitions, and the concept schemes."""
        record = self.record
        panels = []
        for id, types in (
            ("classes", ("owl:Class",)),
            (
                "properties",
                ("owl:ObjectProperty", "owl:DatatypeProperty", "owl:AnnotationProperty"),
            ),
        ):
            terms = sorted(
                {s for t in types for s in record.subjects(t, "rdf:type") if s.startswith("cpg:")}
            )
            panels.append(
                Panel(
                    id,
                    self.say(f"panel-{id}"),
                    self.columns("name", "term", "definition", "from", "to"),
                    tuple(
                        (
                            (Item(self.name(t), name=t, href=f"#{t.removeprefix('cpg:')}"),),
                            plain(t),
                            (self.link.text(record.description(t, self.language)),),
                            plain(
                                self.names(record.values(t, "rdfs:domain", "schema:domainIncludes"))
                            ),
                            plain(
                                self.names(record.values(t, "rdfs:range", "schema:rangeIncludes"))
                            ),
                        )
                        for t in terms
                    ),
                    query=("ontology-terms", (("language", self.language),)),
                    shown=1_000,
                    form="terms",
                )
            )
        schemes = sorted(record.subjects("skos:ConceptScheme", "rdf:type"))
        panels.append(
            Panel(
                "schemes",
                self.say("panel-schemes"),
                self.columns("name", "concepts", "definition", numeric=("concepts",)),
                tuple(
                    (
                        (self.link.item(s),),
                        (number(len(record.subjects(s, "skos:inScheme"))),),
                        (self.link.text(record.description(s, self.language)),),
                    )
                    for s in schemes
                ),
                query=("schemes", (("language", self.language),)),
                shown=1_000,
            )
        )
        return Page(
            path="ontology",
            language=self.language,
            title=self.say("nav-ontology"),
            lead=self.say("ontology-lead", iri_of("ontology")),
            panels=tuple(panels),
        )

    # search

    def found(self, text: str, hits: Sequence[tuple[str, str, str]]) -> Page:
        """What a search has found.

        Parameters
        ----------
        hits
            Each with the thing, the name that fits, and why it was found.
        """
        rows = []
        for thing, name, why in hits:
            kind = self.record.kind(thing)
            rows.append(
                (
                    (self.link.item(thing, note=self.record.description(thing, self.language)),),
                    plain(self.say(f"kind-{kind}" if kind else "kind-other")),
                    plain("" if why == "name" else self.say(f"why-{why}", name)),
                )
            )
        return Page(
            path="search",
            language=self.language,
            title=self.say("search-title", text) if text else self.say("search"),
            lead=self.say("search-lead", len(rows)) if text else self.say("search-hint"),
            parameters=(("q", text),) if text else (),
            panels=(
                Panel(
                    "results",
                    self.say("panel-hits"),
                    self.columns("name", "kind", "why"),
                    tuple(rows),
                    empty=self.say("search-nothing") if text else "",
                    shown=1_000,
                ),
            ),
        )

    def city_named(self, slug: str) -> str:
        """A city by its slug.

        Raises
        ------
        UnknownNameError
            There is none.
        """
        name = KINDS["city"] + slug
        if self.record.kind(name) != "city":
            raise UnknownNameError("unknown-name", slug)
        return name


_LISTING: Final[Mapping[str, tuple[str, tuple[tuple[str, str], ...]]]] = {
    "city": ("cities", ()),
    "practice": ("practice-tree", ()),
    "programme": ("programmes", ()),
    "organisation": ("organisations", ()),
    "outcome": ("outcomes", ()),
    "source": ("sources", ()),
    "technology": ("concept-tree", (("scheme", "technology"),)),
    "mechanism": ("concept-tree", (("scheme", "mechanism"),)),
}


def _numbers(rows: Sequence[Sequence[Any]], place: int) -> bool:
    """Whether all there is in a column are numbers."""
    cells = [row[place] for row in rows if row[place] is not None]
    kinds = ("xsd:integer", "xsd:decimal")
    return bool(cells) and all(not isinstance(c, str) and c[2] in kinds for c in cells)


def _thing_before(table: Mapping[str, Any], variables: Sequence[str]) -> bool:
    """Whether the column before the names holds the things that they name."""
    place = variables.index("name")
    return place > 0 and any(isinstance(row[place - 1], str) for row in table["rows"])
