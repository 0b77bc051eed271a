"""What a dossier says, in English and Chinese, with the values still to be filled in."""

from __future__ import annotations

from typing import Final

from kg.messages import Language

_WORDING: Final[dict[str, tuple[str, str]]] = {
    "title-peers": ("What could {city} learn from its peers?", "{city}可以向同类城市借鉴什么？"),
    "title-leading": (
        "What could {city} learn from leading cities?",
        "{city}可以向领先城市借鉴什么？",
    ),
    "subtitle": (
        "A brief from the City Practice Graph. Data version {version}; sources read up to {day}.",
        "城市实践图谱简报。数据版本 {version}，来源查阅截至 {day}。",
    ),
    "keywords": (
        "city government; urban practice; evidence; gap analysis",
        "城市政府；城市实践；证据；差距分析",
    ),
    "list": (", ", "、"),
    "items": ("; ", "；"),
    "stop": (".", "。"),
    "colon": (": ", "："),
    "space": (" ", ""),
    "brackets": (" ({0})", "（{0}）"),
    "share": ("{count} of {of}", "{of} 座中 {count} 座"),
    # findings
    "findings": ("In short", "要点"),
    "other-language": ("摘要", "Summary"),
    "compared-peers": (
        "the {compared} cities of most similar context{documented}",
        "背景最相似的 {compared} 座城市{documented}",
    ),
    "documented": ("{0} of them documented", "其中 {0} 座有记载"),
    "compared-leading": (
        "the {compared} cities ranked 1 to {leading} in {edition}{documented}",
        "{edition}排名前 {leading} 的 {compared} 座城市{documented}",
    ),
    "finding-count": (
        (
            "{gaps} of {all} practices are on record for at least one of {compared}, and not for "
            "{city}; {own} are on record for {city}."
        ),
        (
            "在{compared}与{city}有记载的 {all} 项实践中，{gaps} 项见于对照城市而{city}未见记载，"
            "{own} 项{city}已有记载。"
        ),
    ),
    "finding-top": (
        "Most often on record for these cities and not for {city}: {list}.",
        "对照城市中有记载者最多、而{city}未见记载的是：{list}。",
    ),
    "finding-none": (
        "Everything on record for the cities compared is on record for {city}, too.",
        "对照城市有记载的实践，{city}均有记载。",
    ),
    "finding-weak": (
        "A source appraises {city} as weak in {factor}",
        "有来源认为{city}在{factor}方面较弱",
    ),
    "finding-disputed": ("; other statements contradict this", "；另有陈述与此相反"),
    "finding-bearing": (
        "; not on record for {city} and said to bear on it (editorially): {list}",
        "；{city}未见记载、经编辑判断与之相关的实践：{list}",
    ),
    "finding-care": (
        (
            "{city} has {own} on record here, the cities compared {least} to {most}. What is not "
            "recorded here is not the same as absent: look before you conclude."
        ),
        (
            "{city}在图谱中有 {own}，对照城市为 {least} 至 {most} 个。"
            "此处未见记载，不等于不存在：下结论前请先核实。"
        ),
    ),
    "programmes": ("{0} programmes|{0} programme", "{0} 个项目|{0} 个项目"),
    # gaps
    "gaps": ("Where to look", "值得关注的实践"),
    "gaps-lead": (
        (
            "In the order of cities that have it on record, then of independent sources, kind of "
            "source, grade of evidence and likeness of context."
        ),
        "按有记载的城市数排列，其次依独立来源数、来源类型、证据等级与背景相似度。",
    ),
    "gap-heading": ("{name}: {count} of {of} cities compared", "{name}：对照城市 {count}/{of}"),
    "gap-everywhere": (
        (
            "Among all {scope} cities of the graph: {count} ({share}; 95 % interval {low} to "
            "{high}). Sources: {sources} independent, the best {kind}; strongest evidence: "
            "{grade}. {searched}"
        ),
        (
            "图谱全部 {scope} 座城市中有 {count} 座（{share}；95% 置信区间 {low}–{high}）。"
            "独立来源 {sources} 个，最可靠的一类为{kind}；最强证据等级：{grade}。{searched}"
        ),
    ),
    "searched": (
        "Searched for {city}, not found (sources searched: {0}).",
        "已在 {0} 个来源中为{city}查找，未见。",
    ),
    "not-searched": (
        "No search for {city} is on record.",
        "尚无为{city}查找的记录。",
    ),
    "since": ("since {0}", "{0} 年起"),
    "more-programmes": ("and {0} more", "另有 {0} 个"),
    "mechanisms": ("Mechanisms that came with it", "同时采用的机制"),
    "technologies": ("Technologies", "技术"),
    "outcomes": ("Outcomes reported", "报告的成效"),
    "disputed": ("disputed", "有争议"),
    "of-programmes": ("{0} of {1} programmes", "{1} 个项目中 {0} 个"),
    "more-gaps": ("Also on record elsewhere and not for {city}", "其他{city}未见记载的实践"),
    "more-gaps-rest": (
        "{0} more: kg gap {slug}",
        "另有 {0} 项：kg gap {slug} --lang zh",
    ),
    # weak factors
    "weak": ("Where {city} is appraised as weak", "{city}被认为较弱的方面"),
    "weak-lead": (
        (
            "Factors on which a source appraises the city as weak, and practices that the curators "
            "say bear on them. A practice on record elsewhere need not have caused any score."
        ),
        (
            "来源认为该城市较弱的要素，以及经编辑判断与之相关的实践。"
            "其他城市有此实践，不说明其得分由此而来。"
        ),
    ),
    "weak-factor": ("Factor", "要素"),
    "weak-score": ("Score {year}", "{year} 年得分"),
    "weak-practice": ("Practice that bears on it", "相关实践"),
    "weak-here": ("On record for {city}", "{city}有无记载"),
    "weak-cities": ("On record for, among all cities", "全部城市中的记载"),
    "yes": ("yes", "有记载"),
    "no": ("not recorded", "未见记载"),
    "contradicted": ("appraisal contradicted", "评价有相反陈述"),
    "doubtful-column": ("column in doubt", "该列存疑"),
    "no-score": ("none", "无"),
    "and-more": ("+{0}", "等（另有 {0}）"),
    # peers
    "peers": ("The cities compared", "对照城市"),
    "peers-lead": (
        (
            "Likeness of context (0 to 1) from region, sub-region, population, rank and factor "
            "scores, as far as known of both; practice plays no part in it."
        ),
        "背景相似度（0 至 1）由区域、次区域、人口、名次与要素得分中双方均已知者计算，不含实践。",
    ),
    "peer-city": ("City", "城市"),
    "peer-context": ("Likeness", "相似度"),
    "peer-known": ("Not comparable", "无法比较"),
    "peer-shared": ("Practices on record of both", "双方均有记载的实践"),
    "peer-programmes": ("Programmes", "项目数"),
    "part-region": ("region", "区域"),
    "part-subregion": ("sub-region", "次区域"),
    "part-population": ("population", "人口"),
    "part-rank": ("rank", "名次"),
    "part-factors": ("scores", "得分"),
    "nothing": ("–", "–"),
    # method
    "method": ("How to read this", "如何阅读本简报"),
    "method-record": (
        (
            "A city “has a practice on record” when a programme of it, in a source that was read, "
            "applies the practice or a narrower one. {cities} cities and {programmes} programmes "
            "are in the graph; many pages were read only as far as a stored copy went."
        ),
        (
            "“有记载”指该城市至少有一个项目在已读来源中被记录为落实此实践或其下位实践。"
            "图谱现有 {cities} 座城市、{programmes} 个项目；许多页面只读到所存副本为止。"
        ),
    ),
    "method-interval": (
        (
            "Intervals are Wilson's, as if the cities were drawn from many like them. Shares are "
            "of what is documented, so they are lower limits."
        ),
        (
            "置信区间为 Wilson 区间，假定城市是从众多同类城市中抽取。"
            "比例只反映有记载的情况，因此是下限。"
        ),
    ),
    "method-cause": (
        "Nothing here shows that a practice makes a city successful.",
        "本简报不说明任何实践使城市成功。",
    ),
    "method-trace": (
        (
            "Every count rests on claims; the table of evidence names them, and this command "
            "gives each its place: {command}"
        ),
        "每个数字都以声明为依据：证据表列出其编号，其在来源中的位置见：{command}",
    ),
    "method-cite": (
        "Cite as: City Practice Graph, version {version}, {kind} ({day}). CC BY 4.0.",
        "引用格式：城市实践图谱，版本 {version}，{kind}（{day}）。CC BY 4.0。",
    ),
    # evidence
    "evidence": ("Evidence", "证据"),
    "evidence-lead": (
        "Claims behind each cell of the picture in the part “not on record for {city}”.",
        "图中“{city}未见记载”部分每一格所依据的声明。",
    ),
    "evidence-practice": ("Practice", "实践"),
    "evidence-city": ("City", "城市"),
    "evidence-programmes": ("Programmes", "项目"),
    "evidence-claims": ("Claims", "声明"),
    "evidence-more": ("{0} more: --explain", "另有 {0} 座：--explain"),
    "references": ("References", "参考文献"),
}


def say(language: Language, key: str, *places: object, **values: object) -> str:
    """One text in one language, filled."""
    return _WORDING[key][1 if language == "zh" else 0].format(*places, **values)


def wording_keys() -> tuple[str, ...]:
    """All keys, for the test of parity."""
    return tuple(_WORDING)
