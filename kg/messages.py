"""What the project says to people when something is wrong, in English and Chinese.

Each message is a problem and a remedy. A test holds both languages to the same placeholders.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

Language = Literal["en", "zh"]

_MESSAGES: Final[dict[str, tuple[str, str, str, str]]] = {
    # code: (problem, remedy) in English, (problem, remedy) in Chinese
    "curation": (
        "{0} fault(s) in the curated files.",
        "Nothing was written; mend the lines above and run the command again.",
        "数据文件中有 {0} 处错误。",
        "没有写入任何内容；请修改以上各行后重新运行。",
    ),
    "facts-folder": (
        "There is no file or folder {0}.",
        "Name a curated *.yaml file, or a folder of them.",
        "文件或文件夹 {0} 不存在。",
        "请指定 *.yaml 数据文件或含有这类文件的文件夹。",
    ),
    "facts-empty": (
        "The folder {0} holds no curated *.yaml file.",
        "Add one, or name another folder.",
        "文件夹 {0} 中没有 *.yaml 数据文件。",
        "请添加文件，或指定另一个文件夹。",
    ),
    "file-too-large": (
        "The file is larger than {0} MiB.",
        "Keep one file a city and split what is larger.",
        "文件超过 {0} MiB。",
        "请每个城市一个文件，过大的请拆分。",
    ),
    "not-utf8": (
        "This line is not UTF-8.",
        "Save the file as UTF-8.",
        "此行不是 UTF-8 编码。",
        "请将文件保存为 UTF-8。",
    ),
    "not-nfc": (
        "This line is not in Unicode normal form C.",
        "Type the accented letters as single characters.",
        "此行不是 Unicode NFC 规范形式。",
        "请将带音标的字母输入为单个字符。",
    ),
    "byte-order-mark": (
        "The file begins with a byte-order mark (U+FEFF).",
        "Save it as UTF-8 without BOM.",
        "文件以字节顺序标记（U+FEFF）开头。",
        "请存为不带 BOM 的 UTF-8。",
    ),
    "windows-lines": (
        "The file has Windows line ends (CRLF).",
        "Save it with Unix line ends (LF): editors show the setting in the status bar.",
        "文件使用了 Windows 换行符（CRLF）。",
        "请以 Unix 换行符（LF）保存：编辑器状态栏中可以切换。",
    ),
    "tab": (
        "There is a tab.",
        "Indent with two spaces.",
        "此处有制表符。",
        "请用两个空格缩进。",
    ),
    "hidden-character": (
        "There is a hidden or direction-changing character ({0}).",
        "Delete it; retype the word if need be.",
        "此处有不可见字符或改变文字方向的字符（{0}）。",
        "请删除，必要时重新输入该词。",
    ),
    "yaml": (
        "This is not YAML: {0}.",
        "Check quotes, brackets and indentation here and on the line before.",
        "YAML 格式错误：{0}。",
        "请检查此行及上一行的引号、括号和缩进。",
    ),
    "yaml-indent": (
        "This line does not fit the lines above it.",
        (
            "Align it with the keys above, with spaces; put a text that holds a colon and a space "
            "into double quotes."
        ),
        "此行与上文各行不符。",
        "请用空格与上面的键对齐；文本中若有英文冒号加空格，请用英文双引号括起。",
    ),
    "yaml-bracket": (
        "What the bracket opens here does not come to its end.",
        (
            "Close it; put a text inside that holds a colon, comma, quotation mark or bracket into "
            "double quotes."
        ),
        "此处括号内的内容不完整。",
        "请补上右括号；括号内的文本若含英文冒号、逗号、引号或括号，请用英文双引号括起。",
    ),
    "yaml-quote": (
        "The quotation mark that opens here is not closed.",
        "Close it at the end of the text.",
        "此处的引号没有配对。",
        "请在文本末尾补上引号。",
    ),
    "yaml-colon": (
        "This line has no colon.",
        "Write 'key: value', with a space after the colon.",
        "此行没有冒号。",
        "请写 key: value，冒号用英文，后加空格。",
    ),
    "yaml-start": (
        "A text cannot begin with this character.",
        "Put the text into double quotes.",
        "文本不能以此字符开头。",
        "请用英文双引号将文本括起。",
    ),
    "fullwidth": (
        "A full-width '{0}' stands where YAML needs the half-width one.",
        "Type it in half width, with a space after a colon or comma.",
        "此处用了全角“{0}”，YAML 需要半角符号。",
        "请改为半角（英文）符号，冒号和逗号后加一个空格。",
    ),
    "wide-space": (
        "After the colon stands a space of another kind, which YAML does not take for one.",
        "Type an ordinary space.",
        "冒号后是特殊空格（如全角空格），YAML 不认作空格。",
        "请改为普通空格。",
    ),
    "space-missing": (
        "There is no space after '{0}'.",
        "Add one.",
        "“{0}”后缺少空格。",
        "请加一个空格。",
    ),
    "several-documents": (
        "A second YAML document begins here.",
        "Keep one document a file: delete the line with ---.",
        "此处开始了第二个 YAML 文档。",
        "每个文件只能有一个文档：请删除 --- 行。",
    ),
    "empty-file": (
        "The file is empty.",
        "Begin it with 'graphs:', or delete it.",
        "文件为空。",
        "请以 graphs: 开头，或删除该文件。",
    ),
    "alias": (
        "The alias *{0} is not allowed.",
        "Write the value out.",
        "不允许使用别名 *{0}。",
        "请直接写出其值。",
    ),
    "anchor": (
        "The anchor &{0} is not allowed.",
        "Delete it and write values out where they are needed.",
        "不允许使用锚点 &{0}。",
        "请删除，并在需要处直接写出其值。",
    ),
    "tag": (
        "The tag {0} is not allowed.",
        "Delete it: every value is text, the context gives the type.",
        "不允许使用标签 {0}。",
        "请删除：所有值都是文本，类型由上下文给出。",
    ),
    "too-deep": (
        "Values are nested deeper than {0} levels.",
        "Give the inner thing its own entry under states.",
        "嵌套超过 {0} 层。",
        "请在 states 下为内层对象单独建一条。",
    ),
    "key-not-text": (
        "A key is not plain text.",
        "Use one of the keys of the context.",
        "键不是纯文本。",
        "请使用上下文中的键。",
    ),
    "duplicate-key": (
        "The key '{0}' stands here again (first on line {1}).",
        "Keep one; put several values into a list [a, b].",
        "键“{0}”重复（首次出现在第 {1} 行）。",
        "请只保留一个；多个值请写成列表 [a, b]。",
    ),
    "no-graphs": (
        "The file does not begin with the key 'graphs'.",
        "Begin with 'graphs:' and a list of registers and claims.",
        "文件没有以键 graphs 开头。",
        "请以 graphs: 开头，下接登记与声明的列表。",
    ),
    "context-key": (
        "A file brings its own {0}.",
        "Delete it: the project's context is put in.",
        "文件自带 {0}。",
        "请删除：系统会使用项目的上下文。",
    ),
    "top-key": (
        "The key '{0}' is not allowed at the top of a file.",
        "Only 'graphs' stands there.",
        "文件顶层不允许键“{0}”。",
        "顶层只能有 graphs。",
    ),
    "graph-id": (
        "'{0}' is not the id of a graph.",
        "Write claim/CITY-NNN, or graph/register/NAME.",
        "“{0}”不是命名图的 id。",
        "请写 claim/城市-编号，或 graph/register/名称。",
    ),
    "claim-key": (
        "The claim {1} has no '{0}'.",
        "Add it; see an existing city file for the form.",
        "声明 {1} 缺少“{0}”。",
        "请补上；格式可参照已有的城市文件。",
    ),
    "claim-source": (
        "The claim {0} names no source.",
        "Add 'at: [source-slug/page]', or 'at: [source-slug/P01S2]' for a sentence.",
        "声明 {0} 没有注明出处。",
        "请添加 at: [来源/page]，引用句子则写 at: [来源/P01S2]。",
    ),
    "claim-type": (
        "The claim {0} has another type.",
        "Write 'type: Claim'.",
        "声明 {0} 的类型不对。",
        "请写 type: Claim。",
    ),
    "claim-empty": (
        "{0} states nothing.",
        "Add what the source says, or delete the graph.",
        "{0} 没有任何陈述。",
        "请写出来源所述内容，或删除该图。",
    ),
    "expected-mapping": (
        "A list of keys and values is expected here.",
        "Write 'id: ...' and the other keys below each other.",
        "此处应为键值列表。",
        "请写 id: … 及其他键，逐行排列。",
    ),
    "expected-text": (
        "'{0}' takes a slug or text, not a nested thing.",
        "Write only its slug.",
        "“{0}”只接受短名或文本，不接受嵌套对象。",
        "请只写短名。",
    ),
    "nested-list": (
        "'{0}' holds a list inside a list.",
        "Write one flat list.",
        "“{0}”的列表中又有列表。",
        "请写成一层列表。",
    ),
    "empty-list": (
        "'{0}' is an empty list.",
        "Add a value or delete the key.",
        "“{0}”是空列表。",
        "请添加值，或删除该键。",
    ),
    "empty-value": (
        "'{0}' has no value.",
        "Write one or delete the key.",
        "“{0}”没有值。",
        "请填写，或删除该键。",
    ),
    "no-id": (
        "A thing has no id.",
        "Add 'id: class/slug'.",
        "此对象没有 id。",
        "请添加 id: 类别/短名。",
    ),
    "bad-id": (
        "'{0}' is not an id.",
        (
            "Write class/slug in ASCII lower case, for example programme/sg-smes-go-digital or "
            "organisation/nl-city-of-amsterdam; 'kg search' finds the ids of known names."
        ),
        "“{0}”不是合法的 id。",
        "请写 类别/短名，用小写 ASCII，例如 programme/sg-smes-go-digital 或 organisation/nl-city-of-amsterdam；已有名称的 id 可用 kg search 查找。",
    ),
    "long-slug": (
        "The slug of '{0}' is longer than {1} characters.",
        "Shorten it.",
        "“{0}”的短名超过 {1} 个字符。",
        "请缩短。",
    ),
    "unknown-key": (
        "The key '{0}' is not in the context.",
        "See ontology/context/curation.jsonld for the keys; use 'note' for remarks.",
        "上下文中没有键“{0}”。",
        "可用的键见 ontology/context/curation.jsonld；备注请用 note。",
    ),
    "unknown-key-close": (
        "The key '{0}' is not in the context.",
        "Did you mean '{1}'?",
        "上下文中没有键“{0}”。",
        "是否应为“{1}”？",
    ),
    "keyword-key": (
        "The JSON-LD keyword '{0}' is not allowed here.",
        "Use 'id', 'type' and the keys of the context.",
        "此处不允许 JSON-LD 关键字“{0}”。",
        "请使用 id、type 及上下文中的键。",
    ),
    "unknown-type": (
        "There is no class '{0}'.",
        "Did you mean '{1}'?",
        "没有类“{0}”。",
        "是否应为“{1}”？",
    ),
    "not-a-list": (
        "'{0}' holds several values in one text.",
        "Write them as a list, with half-width brackets and commas: [a, b].",
        "“{0}”的多个值写成了一个文本。",
        "请写成列表，括号和逗号用半角：[a, b]。",
    ),
    "bad-fragment": (
        "'{0}' is not a place in a source.",
        (
            "Write source-slug/page, or source-slug/P01S2 for paragraph 1 (always two digits), "
            "sentence 2."
        ),
        "“{0}”不是来源中的位置。",
        "请写 来源/page，或 来源/P01S2（第 1 段第 2 句，段号须为两位数字）。",
    ),
    "bad-external": (
        "'{0}' is not an identifier.",
        "Write only what follows {1} in its address, for example {2}",
        "“{0}”不是标识符。",
        "请只写地址中 {1} 之后的部分，例如 {2}",
    ),
    "bad-iri": (
        "'{0}' is not a web address.",
        "Only http:// and https:// addresses are allowed, without spaces.",
        "“{0}”不是网址。",
        "只允许 http:// 或 https:// 开头且不含空格的地址。",
    ),
    "bad-string": (
        "'{0}' has no text.",
        "Write a text ({1}).",
        "“{0}”没有文本。",
        "请填写文本（{1}）。",
    ),
    "bad-decimal": (
        "'{0}' takes a number, not '{1}'.",
        'Write digits with a point, without thousands separators, for example "51.75" or "11500000".',
        "“{0}”应为数字，而不是“{1}”。",
        '请写数字与小数点，不加千位分隔符，例如 "51.75" 或 "11500000"。',
    ),
    "perhaps-twice": (
        "{0} ('{1}') may be {2} ('{3}') entered twice.",
        "Use one id for both; if they are different, write 'differentFrom: [{2}]' at one of them.",
        "{0}（“{1}”）与 {2}（“{3}”）可能重复录入。",
        "若为同一事物，请共用一个 id；若不同，请在其一写明 differentFrom: [{2}]。",
    ),
    "to-do": (
        "'{0}' is still to be filled in.",
        "Write the value in place of TODO, or delete the line when the page does not say it.",
        "“{0}”尚待填写。",
        "请以实际内容替换 TODO；若网页未提及，请删除该行。",
    ),
    "to-do-such-as": (
        "'{0}' is still to be filled in.",
        (
            "Write a value such as {1} in place of TODO, or delete the line when the page does not "
            "say it."
        ),
        "“{0}”尚待填写。",
        "请以实际内容替换 TODO，形式如 {1}；若网页未提及，请删除该行。",
    ),
    "to-do-listed": (
        "'{0}' is still to be filled in.",
        (
            "Write one of these in place of TODO: {1}; or delete the line when the page does not "
            "say it."
        ),
        "“{0}”尚待填写。",
        "请从以下各项中选一项替换 TODO：{1}；若网页未提及，请删除该行。",
    ),
    "to-do-scheme": (
        "'{0}' is still to be filled in.",
        (
            "Write slugs of ontology/concepts/{1}.ttl in place of TODO ('kg search' finds them by "
            "name), or delete the line when the page does not say it."
        ),
        "“{0}”尚待填写。",
        "请以 ontology/concepts/{1}.ttl 中的短名替换 TODO（可用 kg search 按名称查找）；若网页未提及，请删除该行。",
    ),
    "to-do-needed": (
        "'{0}' is still to be filled in.",
        "Write a value such as {1} in place of TODO: this cannot be left out.",
        "“{0}”尚待填写。",
        "此项必填：请以实际内容替换 TODO，形式如 {1}。",
    ),
    "to-do-needed-listed": (
        "'{0}' is still to be filled in.",
        "Write one of these in place of TODO, for it cannot be left out: {1}.",
        "“{0}”尚待填写。",
        "此项必填：请从以下各项中选一项替换 TODO：{1}。",
    ),
    "to-do-name": (
        "'{0}' is still to be filled in.",
        (
            "Every thing has a name in en and zh-Hans: where the page shows none, translate it, or "
            "name it yourself."
        ),
        "“{0}”尚待填写。",
        "名称须有 en 和 zh-Hans：网页未给出时，请自行翻译或拟定。",
    ),
    "to-do-title": (
        "'{0}' is still to be filled in.",
        "Write the title of the page in place of TODO, under the tag of its language.",
        "“{0}”尚待填写。",
        "此项必填：请以网页标题替换 TODO，并使用其语言的标签。",
    ),
    "to-do-id": (
        "'{0}' is still to be filled in.",
        (
            "Put a short English name, with hyphens, in place of 'todo', the same wherever the id "
            "stands. To leave the thing out, delete its entry and every line that names it."
        ),
        "“{0}”尚待填写。",
        "请将末尾的 todo 换成以连字符连接的简短英文名，各处保持一致；若不需要该对象，请删除其条目及所有引用它的行。",
    ),
    "file-exists": (
        "'{0}' is there already.",
        "Name another file with -o; nothing was overwritten.",
        "“{0}”已存在。",
        "请用 -o 指定另一个文件；未覆盖任何内容。",
    ),
    "city-slug": (
        "'{0}' gives no slug: a short English name of small letters, digits and hyphens.",
        "Give one, for example: kg new city 里斯本 --slug lisbon",
        "“{0}”不能作为短名：短名为英文小写字母、数字和连字符。",
        "请指定短名，例如：kg new city 里斯本 --slug lisbon",
    ),
    "bad-gYear": (
        "'{0}' takes a year, not '{1}'.",
        "Write four digits, for example 2017.",
        "“{0}”应为年份，而不是“{1}”。",
        "请写四位数字，例如 2017。",
    ),
    "bad-positiveInteger": (
        "'{0}' takes a whole number from 1, not '{1}'.",
        "Write digits only.",
        "“{0}”应为不小于 1 的整数，而不是“{1}”。",
        "请只写数字。",
    ),
    "bad-nonNegativeInteger": (
        "'{0}' takes a whole number from 0, not '{1}'.",
        "Write digits only.",
        "“{0}”应为不小于 0 的整数，而不是“{1}”。",
        "请只写数字。",
    ),
    "bad-date": (
        "'{0}' takes a date, not '{1}'.",
        "Write year-month-day, for example 2021-12-15.",
        "“{0}”应为日期，而不是“{1}”。",
        "请写 年-月-日，例如 2021-12-15。",
    ),
    "bad-duration": (
        "'{0}' takes a duration, not '{1}'.",
        "Write it after ISO 8601, for example P14D for two weeks.",
        "“{0}”应为时长，而不是“{1}”。",
        "请按 ISO 8601 书写，例如两周写 P14D。",
    ),
    "bad-language": (
        "'{0}' is not a language tag.",
        "Write en, zh-Hans, or the tag of a native name such as fi.",
        "“{0}”不是语言标签。",
        "请写 en、zh-Hans，或当地语言的标签，如 fi。",
    ),
    "zh-tag": (
        "The language tag 'zh' does not say which script.",
        "Write zh-Hans.",
        "语言标签 zh 没有说明字体。",
        "请写 zh-Hans。",
    ),
    "labels": (
        "'{0}' takes a text in each language.",
        "Write {{en: ..., zh-Hans: ...}}.",
        "“{0}”应按语言填写。",
        "请写 {{en: …, zh-Hans: …}}。",
    ),
    "label-comma": (
        "Before '{0}' a comma ends the text.",
        "Put a text with a comma into double quotes.",
        "文本在“{0}”之前被逗号截断。",
        "含英文逗号的文本请用英文双引号括起。",
    ),
    "label-space": (
        "The text '{0}' begins or ends with a space.",
        "Delete the space.",
        "文本“{0}”首尾有空格。",
        "请删除空格。",
    ),
    "label-markup": (
        "The text '{0}' holds markup.",
        "Texts are plain: delete the tags.",
        "文本“{0}”含有标记。",
        "只允许纯文本：请删除标记。",
    ),
    # references between files
    "graph-twice": (
        "The graph {0} is already in {1}.",
        "Call this one {2}.",
        "命名图 {0} 已在 {1} 中出现。",
        "请改用 {2}。",
    ),
    "dangling": (
        "Nothing has the id '{0}'.",
        (
            "Correct the spelling; if it is new, put this under the states of a graph/register and "
            "fill it in:{1}"
        ),
        "没有 id 为“{0}”的对象。",
        "请更正拼写；若为新对象，请将以下内容放入某个 graph/register 的 states 并填写：{1}",
    ),
    "dangling-close": (
        "Nothing has the id '{0}'.",
        (
            "Did you mean '{2}'? If it is new, put this under the states of a graph/register and "
            "fill it in:{1}"
        ),
        "没有 id 为“{0}”的对象。",
        "是否应为“{2}”？若为新对象，请将以下内容放入某个 graph/register 的 states 并填写：{1}",
    ),
    "dangling-city": (
        "Nothing has the id '{0}'.",
        "Correct the spelling, or describe the city: 'kg new city NAME' writes the form.",
        "没有 id 为“{0}”的对象。",
        "请更正拼写；若为新城市，请先描述它：kg new city 城市名 会生成模板。",
    ),
    "dangling-city-close": (
        "Nothing has the id '{0}'.",
        "Did you mean '{1}'? If the city is new, 'kg new city NAME' writes the form to describe it.",
        "没有 id 为“{0}”的对象。",
        "是否应为“{1}”？若为新城市，kg new city 城市名 会生成描述它的模板。",
    ),
    "no-type": (
        "'{0}' has no type anywhere.",
        "Add 'type: ...' where it is defined.",
        "“{0}”在任何地方都没有类型。",
        "请在定义处添加 type: …。",
    ),
    "no-type-close": (
        "'{0}' has no type anywhere.",
        "Did you mean '{1}'? If it is new, add 'type: ...' where it is defined.",
        "“{0}”在任何地方都没有类型。",
        "是否应为“{1}”？若为新对象，请在定义处添加 type: …。",
    ),
    "no-concept": (
        "The scheme '{1}' has no concept '{0}'.",
        (
            "Look for one with 'kg search' or in ontology/concepts/{1}.ttl. A new one is proposed "
            "in that file, with name and definition in both languages."
        ),
        "概念表“{1}”中没有概念“{0}”。",
        "请用 kg search 或在 ontology/concepts/{1}.ttl 中查找。若需新概念，请在该文件中提出，并给出中英文名称与定义。",
    ),
    "no-concept-close": (
        "The scheme '{1}' has no concept '{0}'.",
        (
            "Did you mean '{2}'? Otherwise look for one with 'kg search' or in "
            "ontology/concepts/{1}.ttl."
        ),
        "概念表“{1}”中没有概念“{0}”。",
        "是否应为“{2}”？若不是，请用 kg search 或在 ontology/concepts/{1}.ttl 中查找。",
    ),
    "no-concept-listed": (
        "The scheme '{1}' has no concept '{0}'.",
        (
            "Write one of these: {2}. Only if none fits, propose a new one in "
            "ontology/concepts/{1}.ttl, with name and definition in both languages."
        ),
        "概念表“{1}”中没有概念“{0}”。",
        "请从以下各项中选用：{2}。确无合适的，再在 ontology/concepts/{1}.ttl 中提出新概念，并给出中英文名称与定义。",
    ),
    "no-concept-listed-close": (
        "The scheme '{1}' has no concept '{0}'.",
        (
            "Did you mean '{3}'? It has these: {2}. Only if none fits, propose a new one in "
            "ontology/concepts/{1}.ttl, with name and definition in both languages."
        ),
        "概念表“{1}”中没有概念“{0}”。",
        "是否应为“{3}”？可选各项：{2}。确无合适的，再在 ontology/concepts/{1}.ttl 中提出新概念，并给出中英文名称与定义。",
    ),
    "wrong-scheme": (
        "'{0}' is a concept of the scheme '{2}', not of '{1}'.",
        "Use the key for '{2}', or a concept of '{1}'.",
        "“{0}”属于概念表“{2}”，不属于“{1}”。",
        "请改用对应“{2}”的键，或选用“{1}”中的概念。",
    ),
    "no-fragment": (
        "The source {1} has no place '{0}'.",
        "Its places are: {2}.",
        "来源 {1} 中没有位置“{0}”。",
        "该来源的位置有：{2}。",
    ),
    "no-fragment-close": (
        "There is no place '{0}' in any source.",
        "Did you mean the source '{1}'? If the page is new, describe it first.",
        "任何来源中都没有位置“{0}”。",
        "是否应为来源“{1}”？若是新网页，请先登记。",
    ),
    "no-fragment-source": (
        "There is no place '{0}' in any source.",
        (
            "Correct the spelling; if the page is new, put this under the states of a "
            "graph/register and fill it in:{1}"
        ),
        "任何来源中都没有位置“{0}”。",
        "请更正拼写；若是新网页，请将以下内容放入某个 graph/register 的 states 并填写：{1}",
    ),
    "not-editorial": (
        "'{0}' is a judgement of the project: no source says it.",
        "Move '{1}' into a claim of its own with 'status: editorial'.",
        "“{0}”是本项目的判断，并非来源所述。",
        "请将“{1}”移入另一条声明，并写 status: editorial。",
    ),
    "perhaps-editorial": (
        "The claim is accepted, but the practice '{0}' is a heading of another source: {2}.",
        (
            "When naming the practice is your reading, move '{1}' into a claim of its own with "
            "'status: editorial'."
        ),
        "声明的状态为 accepted，而实践“{0}”是另一来源（{2}）的标题。",
        "若归入该实践是您的判断，请将“{1}”移入另一条声明，并写 status: editorial。",
    ),
    "two-values": (
        "'{0}' has two values for {1}: {2} and {3} ({4}).",
        (
            "Correct one, or mark both claims 'status: disputed' and let them name each other in "
            "conflictsWith."
        ),
        "“{0}”的 {1} 有两个值：{2} 与 {3}（{4}）。",
        "请更正其一；若确有分歧，请将两条声明标为 status: disputed，并在 conflictsWith 中互相引用。",
    ),
    "one-sided-conflict": (
        "{0} names {1} as conflicting, but not the other way round.",
        "Add 'conflictsWith: [{0}]' to {1}.",
        "{0} 声明与 {1} 冲突，但对方没有反向声明。",
        "请在 {1} 中添加 conflictsWith: [{0}]。",
    ),
    "conflict-status": (
        "{0} conflicts with another claim but is not disputed.",
        "Write 'status: disputed'.",
        "{0} 与另一声明冲突，但状态不是 disputed。",
        "请写 status: disputed。",
    ),
    "shape": (
        "{0}: {1}",
        "(found: {3})",
        "{0}：{2}",
        "（现值：{3}）",
    ),
    # evidence and coverage
    "source-unreadable": (
        "The text {0} cannot be read: {1}.",
        "Name a UTF-8 text file.",
        "无法读取文本 {0}：{1}。",
        "请指定 UTF-8 文本文件。",
    ),
    "source-hash": (
        (
            "The text {0} is not the one that the fragments were taken from (SHA-256 {1}, expected "
            "{2})."
        ),
        "Use the text with that hash, in UTF-8, NFC and with LF line ends.",
        "文本 {0} 与片段所依据的文本不同（SHA-256 {1}，应为 {2}）。",
        "请使用具有该哈希值的文本（UTF-8、NFC、LF 换行）。",
    ),
    "segment-hash": (
        "The place {0} of the text does not have the recorded hash.",
        "Compute the fragments again with 'kg fragments'.",
        "文本位置 {0} 的哈希值与记录不符。",
        "请用 kg fragments 重新计算片段。",
    ),
    "checklist-row": (
        "This row of the checklist cannot be read: {0}.",
        'Columns are fact,sentence,subject,predicate,object,gist_en,gist_zh; a term is an id path, a prefixed name or a literal such as "2014"^^xsd:gYear.',
        "无法读取核对表的这一行：{0}。",
        '各列为 fact,sentence,subject,predicate,object,gist_en,gist_zh；词项为 id 路径、带前缀的名称，或 "2014"^^xsd:gYear 这样的字面量。',
    ),
    "dataset-unreadable": (
        "{0} cannot be opened as a dataset: {1}",
        "Name a folder of curated files, an N-Quads file or a store folder that 'kg build' wrote.",
        "无法将 {0} 作为数据集打开：{1}",
        "请给出策展文件夹，或由 kg build 写出的 N-Quads 文件或存储文件夹。",
    ),
    "source-needs-facts": (
        "{0} is a built dataset: what rests on one source alone can no longer be told apart.",
        "Choose the source when you build: 'kg build FOLDER --source NAME'.",
        "{0} 是已构建的数据集，无法再区分只依据某一来源的内容。",
        "请在构建时选择来源：kg build 文件夹 --source 名称。",
    ),
    "store-exists": (
        "{0} exists already.",
        "A store folder is written once: choose a new name, then switch to it.",
        "{0} 已存在。",
        "存储文件夹只写一次：请换一个新名称，写好后再切换。",
    ),
    "lost-fact": (
        "Fact {0} is not covered: {1}",
        "No claim at {2} states: {3}.",
        "事实 {0} 未被覆盖：{4}",
        "没有位于 {2} 的声明陈述：{3}。",
    ),
    # using the graph
    "unknown-name": (
        "Nothing is called '{0}'.",
        'Look for it with: kg search "{0}"',
        "没有名为“{0}”的内容。",
        '可用 kg search "{0}" 查找。',
    ),
    "unknown-name-close": (
        "Nothing is called '{0}'.",
        "Did you mean {1}?",
        "没有名为“{0}”的内容。",
        "是否指 {1}？",
    ),
    "not-a-city": (
        "'{0}' is not a city.",
        "Name a city, for example singapore.",
        "“{0}”不是城市。",
        "请指定城市，例如 singapore。",
    ),
    "unknown-query": (
        "There is no query '{0}'.",
        "See 'kg queries'. Closest: {1}.",
        "没有名为“{0}”的查询。",
        "参见 kg queries。最接近的是：{1}。",
    ),
    "unknown-parameter": (
        "The query '{0}' has no parameter '{1}'.",
        "Its parameters: {2}.",
        "查询“{0}”没有参数“{1}”。",
        "可用参数：{2}。",
    ),
    "bad-parameter": (
        "The parameter '{0}' takes {1}, not '{2}'.",
        "Give such a value.",
        "参数“{0}”应为 {1}，而不是“{2}”。",
        "请给出相应的值。",
    ),
    "repeated-parameter": (
        "The parameter '{0}' takes one value, not {1}.",
        "Give it once.",
        "参数“{0}”只取一个值，而不是 {1} 个。",
        "请只给出一次。",
    ),
    "parameter-form": (
        "'{0}' is not NAME=VALUE.",
        "Write for example --param city=singapore.",
        "“{0}”不是 名称=值 的形式。",
        "例如 --param city=singapore。",
    ),
    "bad-query-file": (
        "The query {0} cannot be used: {1}.",
        "Mend its header.",
        "查询 {0} 无法使用：{1}。",
        "请修正其头部。",
    ),
    "bad-query": (
        "The query cannot be run: {0}.",
        "Write SPARQL 1.1 SELECT, ASK, CONSTRUCT or DESCRIBE.",
        "查询无法运行：{0}。",
        "请使用 SPARQL 1.1 的 SELECT、ASK、CONSTRUCT 或 DESCRIBE。",
    ),
    "not-a-table": (
        "The query gives {0}, not a table.",
        "Ask with SELECT.",
        "该查询返回{0}，而不是表格。",
        "请用 SELECT 查询。",
    ),
    "unknown-view": (
        "There is no view '{0}'.",
        "Views: {1}.",
        "没有视图“{0}”。",
        "可用视图：{1}。",
    ),
    "view-city": (
        "The view '{0}' needs a city.",
        "Add --city singapore.",
        "视图“{0}”需要指定城市。",
        "请添加 --city singapore。",
    ),
    "no-node": (
        "The graph has nothing called '{0}'.",
        "Look for it with the search.",
        "图中没有名为“{0}”的内容。",
        "请通过搜索查找。",
    ),
    "path-ends": (
        "A path leads from one thing to another one.",
        "Name two different things.",
        "路径连接两个不同的对象。",
        "请指定两个不同的对象。",
    ),
    "many-opened": (
        "A graph opens at most {0} things at once, not {1}.",
        "Close some of them.",
        "一幅图最多同时展开 {0} 个对象，而不是 {1} 个。",
        "请收起其中一些。",
    ),
    "unknown-facet": (
        "Recurrence cannot be counted by '{0}'.",
        "Facets: {1}.",
        "不能按“{0}”统计。",
        "可选：{1}。",
    ),
    "record-only": (
        "A set of practices is what the record shows of these cities.",
        "What is not recorded is unknown, not absent: the cities may share more.",
        "一组做法只反映这些城市已有的记载。",
        "未记载即未知，并不等于没有：这些城市的共同做法可能更多。",
    ),
    "lift-alone": (
        "A lift above 1 is no evidence by itself: well-documented cities have more of everything.",
        "Test the pair against a null model before relying on it.",
        "提升度大于 1 本身不是证据：记载较多的城市各类做法都较多。",
        "采信之前，请用零模型检验该组合。",
    ),
    "nothing-documented": (
        "None of the {0} cities in the scope has a programme on record here.",
        "Widen the scope or choose another facet.",
        "范围内的 {0} 个城市在此均无项目记载。",
        "请扩大范围或选择其他维度。",
    ),
    "too-few-documented": (
        "Only {0} cities are documented, and {1} were asked for.",
        "Widen the scope or lower the minimum.",
        "仅有 {0} 个城市有记载，而要求至少 {1} 个。",
        "请扩大范围或降低下限。",
    ),
    "nothing-recurs": (
        "Nothing is on record in {0} cities or more.",
        "Lower the minimum or choose a higher level.",
        "没有任何一项在至少 {0} 个城市中有记载。",
        "请降低下限或选择更高层级。",
    ),
    "nothing-together": (
        "No two concepts are on record together in {0} cities or more.",
        "The data cannot tell what goes together; widen the scope.",
        "没有两项在至少 {0} 个城市中同时有记载。",
        "现有数据无法说明哪些做法相伴出现；请扩大范围。",
    ),
    "no-rule": (
        (
            "No rule has {0} cities or more, a confidence of {1}, a lift of {2}, and says more than a "
            "shorter one."
        ),
        "Lower a threshold.",
        "没有规则同时满足至少 {0} 个城市、置信度 {1}、提升度 {2}，且比更短的规则说明更多。",
        "请降低某一阈值。",
    ),
    "few-leaders": (
        "Only {0} of the {1} leading cities in scope have a programme on record; {2} are needed.",
        "Take a larger leading group, or a wider scope.",
        "范围内 {1} 座领先城市中仅有 {0} 座有项目记录，至少需要 {2} 座。",
        "请扩大领先城市的数目或放宽范围。",
    ),
    "no-comparison-set": (
        "No city of the comparison set '{0}' has a programme on record.",
        "Name another set: ranked, others, or cities; the scope must hold them.",
        "对照组“{0}”中没有一座城市有项目记录。",
        "请改用其他对照组：ranked、others 或具体城市，并确保范围包含它们。",
    ),
    "no-overlap": (
        (
            "Leading cities ({0} programmes each on average) and the comparison set ({1}) are "
            "documented too differently to compare."
        ),
        "Take another comparison set, or document its cities as well as the leading ones.",
        "领先城市（平均 {0} 个项目）与对照组（平均 {1} 个）的记录程度相差过大，无法比较。",
        "请改用其他对照组，或将其城市补充到与领先城市相当的记录程度。",
    ),
    "no-scores": (
        "The edition {0} has no factor scores.",
        "Choose an edition of the Eden ranking, for example eden-top50-2021.",
        "版次 {0} 没有要素得分。",
        "请选择 Eden 榜单的版次，例如 eden-top50-2021。",
    ),
    "few-scored-cities": (
        "Only {0} documented cities have scores in {1}; {2} are needed.",
        "Take a wider scope, or another edition.",
        "{1} 中仅有 {0} 座有记录的城市有得分，至少需要 {2} 座。",
        "请放宽范围，或选择其他版次。",
    ),
    "no-cities-alike": (
        "No two of the {0} cities with scores are documented alike.",
        "Take a wider scope, or fewer strata.",
        "{0} 座有得分的城市中，没有两座的记录程度相近。",
        "请放宽范围，或减少分层数。",
    ),
    "record-differs": (
        (
            "A difference says that the record differs, not why; what is not recorded is unknown, not "
            "absent."
        ),
        "Read p and q, which compare cities documented alike; difference and fisher_p do not.",
        "差异仅表示记录不同，不说明原因；未记录不等于不存在。",
        "请以 p 与 q 为准（仅比较记录程度相近的城市）；difference 与 fisher_p 未作此校正。",
    ),
    "scores-and-record": (
        (
            "A correlation says that record and score go together in these cities, not why; what is "
            "not recorded is unknown."
        ),
        "Rows with a warning use columns that may belong to another factor: kg query factor-conflicts.",
        "相关仅表示这些城市的记录与得分同向或反向变化，不说明原因；未记录即未知。",
        "带警示的行所用栏目可能属于其他要素，见 kg query factor-conflicts。",
    ),
    "picture-form": (
        "'{0}' is no picture file.",
        "End the name in .svg or .png.",
        "“{0}”不是图片文件名。",
        "文件名请以 .svg 或 .png 结尾。",
    ),
    "concept-unrecorded": (
        "No city in this scope has '{0}' on record.",
        "Choose a concept on record, for example: {1}.",
        "范围内没有城市记录了“{0}”。",
        "请选择已有记录的概念，例如：{1}。",
    ),
    "condition-repeated": (
        "'{0}' stands twice among the conditions and the outcome.",
        "Name each once.",
        "“{0}”在条件与结果中出现了两次。",
        "请每项只写一次。",
    ),
    "factor-unscored": (
        "No city has a score on '{0}' in the edition '{1}'.",
        "Choose a factor and an edition with scores.",
        "版次“{1}”中没有城市在“{0}”上的得分。",
        "请选择有得分的要素与版次。",
    ),
    "outcome-form": (
        "'{0}' names no outcome.",
        "Write leading:10, a factor and a score such as vision>=3, or a concept.",
        "“{0}”不是结果变量。",
        "请写 leading:10、要素与得分（如 vision>=3）或某个概念。",
    ),
    "city-not-in-scope": (
        "'{0}' is not among the {1} cities in scope.",
        "Widen the scope, or name one of its cities.",
        "“{0}”不在范围内的 {1} 座城市之中。",
        "请放宽范围，或指定其中的城市。",
    ),
    "nothing-comparable": (
        "Too little is known in common with any other city.",
        "Give weight to parts that are known.",
        "与其他城市共同已知的信息过少。",
        "请为已知的部分赋予权重。",
    ),
    "no-record-here": (
        "No programme of this city is on record: everything would be a gap.",
        "Document some programmes first, or see kg peers.",
        "该城市没有项目记录，一切都会显示为差距。",
        "请先补充项目记录，或查看 kg peers。",
    ),
    "no-peers": (
        "No city has a context that can be compared.",
        "Record its population and region, or compare with leaders (--leading 10).",
        "没有背景可比的城市。",
        "请补充人口与区域，或与领先城市比较（--leading 10）。",
    ),
    "no-leaders": (
        "No other city in scope has such a rank.",
        "Take more leaders, or another edition.",
        "范围内没有其他城市达到该名次。",
        "请增加领先城市数或更换版次。",
    ),
    "few-documented": (
        "Too few of the compared cities have a programme on record.",
        "Compare with more cities.",
        "参与比较的城市中有项目记录的过少。",
        "请与更多城市比较。",
    ),
    "association-few-cities": (
        "Only {0} cities are documented; {1} are needed.",
        "Widen the scope.",
        "仅有 {0} 座城市有记录，至少需要 {1} 座。",
        "请放宽范围。",
    ),
    "association-no-pairs": (
        "No two concepts are each on record in {0} cities or more.",
        "Lower the minimum, or widen the scope.",
        "没有两项各自在至少 {0} 座城市中有记录。",
        "请降低下限或放宽范围。",
    ),
    "association-never-together": (
        "None of the {0} pairs occurs in two of the {1} documented cities: the data cannot tell what goes together, and nothing is ranked.",
        "Widen the scope, or add sources.",
        "在 {1} 座有记录的城市中，{0} 对组合无一出现于两座城市：数据无法说明哪些做法相伴，故不排序。",
        "请放宽范围或补充来源。",
    ),
    "association-no-power": (
        "With {0} pairs even the largest overlap these margins allow would be no finding (smallest p {1}): nothing is ranked.",
        "Widen the scope, or choose a higher level.",
        "共 {0} 对，即使重合达到边际允许的最大值也不足以成为发现（最小 p 为 {1}），故不排序。",
        "请放宽范围或选择更高层级。",
    ),
    "association-unsolved": (
        "The null model could not be solved for this matrix, and nothing is ranked.",
        "Widen the scope, or choose another level.",
        "该矩阵的零模型无法求解，故不排序。",
        "请放宽范围或选择其他层级。",
    ),
    "missing-font": (
        "No installed font has the characters {0}.",
        (
            "Install a Chinese font such as Noto Sans CJK SC (Debian and Ubuntu: apt install "
            "fonts-noto-cjk), or ask for the picture in English."
        ),
        "没有已安装的字体包含这些字符：{0}。",
        (
            "请安装中文字体，例如 Noto Sans CJK SC（Debian、Ubuntu：apt install fonts-noto-cjk），"
            "或改用英文图。"
        ),
    ),
    "unknown-region": (
        "There is no region '{0}'.",
        "Regions: {1}.",
        "没有区域“{0}”。",
        "可用区域：{1}。",
    ),
    "unknown-edition": (
        "There is no ranking edition '{0}'.",
        "Editions: {1}.",
        "没有排名版本“{0}”。",
        "可用版本：{1}。",
    ),
    "unknown-format": (
        "There is no export format '{0}'.",
        "Formats: {1}.",
        "没有导出格式“{0}”。",
        "可用格式：{1}。",
    ),
    "output-needed": (
        "The format '{0}' is a folder of files.",
        "Name it with -o FOLDER.",
        "格式“{0}”会生成一个文件夹。",
        "请用 -o 指定文件夹。",
    ),
    "file-needed": (
        "The format '{0}' is one file.",
        "Name it with -o FILE.",
        "格式“{0}”会生成一个文件。",
        "请用 -o 指定文件名。",
    ),
    "onefile-not-built": (
        "The explorer's scripts are not in this installation.",
        "In a checkout, build them with 'python hatch_build.py'; or install a release.",
        "当前安装不含浏览器脚本。",
        "源码环境请运行 python hatch_build.py 构建，或安装正式发行版。",
    ),
    "onefile-large": (
        "The file would have {0} bytes, more than {1}.",
        "Export a part of the data: give its folder with --data.",
        "文件将有 {0} 字节，超过上限 {1} 字节。",
        "请用 --data 指定较小的数据文件夹。",
    ),
    "local-only": (
        "'{0}' works on curated files, not on an endpoint.",
        "Leave out --endpoint.",
        "“{0}”只能用于数据文件，不能用于远程端点。",
        "请去掉 --endpoint。",
    ),
    # the server's errors: title and detail of problem+json
    "problem-bad-request": (
        "The request cannot be read.",
        "See the SPARQL 1.1 Protocol for its form.",
        "无法解读该请求。",
        "请求格式请见 SPARQL 1.1 协议。",
    ),
    "problem-bad-encoding": (
        "The request is not UTF-8.",
        "Send query and parameters as UTF-8.",
        "请求不是 UTF-8 编码。",
        "请以 UTF-8 发送查询与参数。",
    ),
    "problem-no-query": (
        "There is no query.",
        "Send it as the parameter 'query', or as the body with application/sparql-query.",
        "没有查询语句。",
        "请用参数 query 发送，或以 application/sparql-query 作为请求正文发送。",
    ),
    "problem-many-queries": (
        "There is more than one query.",
        "Send one parameter 'query' a request.",
        "查询语句不止一条。",
        "每个请求只能有一个 query 参数。",
    ),
    "problem-query-malformed": (
        "The query is not a SPARQL 1.1 query.",
        "The parser says: {0}",
        "该语句不是 SPARQL 1.1 查询。",
        "解析器的说明：{0}",
    ),
    "problem-bad-graph": (
        "A graph of the request is not an absolute IRI ({0}).",
        "Give absolute IRIs, percent-encoded.",
        "请求指定的图不是绝对 IRI（{0}）。",
        "请使用经百分号编码的绝对 IRI。",
    ),
    "problem-service-refused": (
        "SERVICE is not evaluated here.",
        "This endpoint reaches no other; ask the other endpoint yourself and join the answers.",
        "本端点不执行 SERVICE。",
        "本端点不访问其他端点；请自行查询后再合并结果。",
    ),
    "problem-update-refused": (
        "This endpoint is read only.",
        "Send a query (SELECT, ASK, CONSTRUCT or DESCRIBE).",
        "本端点只读。",
        "请发送查询（SELECT、ASK、CONSTRUCT 或 DESCRIBE）。",
    ),
    "problem-not-found": (
        "There is nothing here.",
        "The endpoint is /sparql; every IRI of the graph has its place below the same address.",
        "此处没有内容。",
        "查询端点为 /sparql；图谱的每个 IRI 在同一地址下都有对应位置。",
    ),
    "problem-unknown-query": (
        "There is no named query '{0}'.",
        "Closest: {1}. All of them: /queries",
        "没有名为“{0}”的查询。",
        "最接近的是：{1}。全部查询见 /queries",
    ),
    "problem-no-pages": (
        "This version was published without pages.",
        "Ask /sparql, or have it published again with kg publish.",
        "该版本发布时未含页面。",
        "请使用 /sparql，或用 kg publish 重新发布。",
    ),
    "problem-parameter": (
        "A parameter of the query is not right.",
        "{0}",
        "查询的参数有误。",
        "{0}",
    ),
    "problem-method": (
        "This method is not for this address.",
        "Use one of: {0}",
        "此地址不支持该方法。",
        "请使用：{0}",
    ),
    "problem-not-acceptable": (
        "No format that you accept is to be had for this answer.",
        "Formats: {0}",
        "没有您接受的格式。",
        "可用格式：{0}",
    ),
    "problem-request-timeout": (
        "The request did not arrive in time.",
        "Send it again over a better line.",
        "请求未能及时送达。",
        "请在网络良好时重新发送。",
    ),
    "problem-request-too-large": (
        "The request is longer than {0} bytes.",
        "Send a shorter query.",
        "请求超过 {0} 字节。",
        "请缩短查询。",
    ),
    "problem-address-too-long": (
        "The address is too long.",
        "Send the query by POST.",
        "地址过长。",
        "请以 POST 方式发送查询。",
    ),
    "problem-head-too-long": (
        "The header fields are too long.",
        "Send fewer or shorter fields.",
        "请求头过长。",
        "请减少或缩短请求头字段。",
    ),
    "problem-answer-too-large": (
        "The answer is longer than {0} MiB.",
        "Ask for less (LIMIT), or download the whole dataset.",
        "结果超过 {0} MiB。",
        "请缩小范围（LIMIT），或下载整个数据集。",
    ),
    "problem-too-demanding": (
        "The query needs more memory, or is nested deeper, than a query may.",
        "Ask for less at a time, or download the dataset and query it on your own machine.",
        "查询所需内存或嵌套层数超出限制。",
        "请分次查询，或下载数据集后在本机查询。",
    ),
    "problem-media-type": (
        "A query does not come in this form.",
        "Use one of: {0}",
        "不支持以此类型发送查询。",
        "请使用：{0}",
    ),
    "problem-client-budget": (
        "You have used your share of query time, or of errors, for the moment.",
        "Come back after the time in Retry-After; large work is better done on a download.",
        "您当前的查询时间或错误次数已达上限。",
        "请在 Retry-After 所示时间后再试；大量查询建议下载数据集。",
    ),
    "problem-evaluation-failed": (
        "The engine cannot evaluate this query.",
        "It says: {0}",
        "查询引擎无法执行该查询。",
        "引擎的说明：{0}",
    ),
    "problem-internal": (
        "Something went wrong on our side.",
        "It has been noted; try again later.",
        "服务内部出错。",
        "已记录该问题；请稍后重试。",
    ),
    "problem-busy": (
        "All workers are busy.",
        "Try again after the time in Retry-After.",
        "服务繁忙。",
        "请在 Retry-After 所示时间后重试。",
    ),
    "problem-starting": (
        "The dataset is being loaded.",
        "Try again after the time in Retry-After.",
        "数据集正在加载。",
        "请在 Retry-After 所示时间后重试。",
    ),
    "problem-too-slow": (
        "The query ran longer than {0} seconds and was ended.",
        "Ask for less: more fixed terms, fewer free variables, a LIMIT; or download the dataset.",
        "查询超过 {0} 秒，已终止。",
        "请缩小查询：多用确定的词项、少用自由变量、加 LIMIT；或下载数据集。",
    ),
    # publishing and serving
    "loopback-only": (
        "Single-user mode does not listen on {0}.",
        "It has no walls around queries: use 127.0.0.1, or serve others from Linux.",
        "单用户模式不监听 {0}。",
        "该模式对查询没有隔离：请使用 127.0.0.1；如需供他人使用，请在 Linux 上运行。",
    ),
    "cannot-listen": (
        "Nothing can listen on {0} ({1}).",
        "Choose another address or port (--port 0 takes a free one).",
        "无法监听 {0}（{1}）。",
        "请换一个地址或端口（--port 0 自动选用空闲端口）。",
    ),
    "version-damaged": (
        "The published version {0} is damaged.",
        "Go back to another one with kg rollback, or publish again.",
        "已发布的版本 {0} 已损坏。",
        "请用 kg rollback 回到其他版本，或重新发布。",
    ),
    "version-unloadable": (
        "The dataset cannot be loaded ({0}).",
        "Publish it again with kg publish.",
        "数据集无法加载（{0}）。",
        "请用 kg publish 重新发布。",
    ),
    "no-older-version": (
        "There is no older version in {0}.",
        "The last three are kept; publish the data again.",
        "{0} 中没有更早的版本。",
        "只保留最近三个版本；请重新发布数据。",
    ),
    "no-such-version": (
        "There is no version {0}.",
        "There are: {1}",
        "没有版本 {0}。",
        "现有版本：{1}",
    ),
    "nothing-published": (
        "Nothing is published in {0}.",
        "Publish with: kg publish {0}",
        "{0} 中没有已发布的版本。",
        "请先发布：kg publish {0}",
    ),
    "no-isolation": (
        "The network cannot be kept away from the workers ({0}).",
        (
            "Allow user namespaces, or mount /proc; if this machine or container has no network, say "
            "so with --isolation host."
        ),
        "无法将查询进程与网络隔离（{0}）。",
        ("请允许用户命名空间，或挂载 /proc；如本机或容器确无网络，请用 --isolation host 声明。"),
    ),
    "missing-pango": (
        "WeasyPrint finds no Pango, the library that lays out its text ({0}).",
        (
            "Install it (Debian and Ubuntu: apt install libpango-1.0-0 libpangoft2-1.0-0; macOS: "
            "brew install pango), or write .html and print that from a browser."
        ),
        "WeasyPrint 找不到排版所需的 Pango 库（{0}）。",
        (
            "请安装该库（Debian 与 Ubuntu：apt install libpango-1.0-0 libpangoft2-1.0-0；"
            "macOS：brew install pango），或输出 .html 后用浏览器打印。"
        ),
    ),
    "dossier-form": (
        "A dossier is not written as {0}.",
        "Name a file that ends in .html, .docx or .pdf.",
        "简报不能写成 {0}。",
        "请指定以 .html、.docx 或 .pdf 结尾的文件。",
    ),
    "missing-package": (
        "'{0}' is not installed.",
        'Install it with: pip install "city-practice-graph[{1}]"',
        "未安装 {0}。",
        '请运行：pip install "city-practice-graph[{1}]"',
    ),
    # remote endpoints
    "endpoint-scheme": (
        "'{0}' is not an http or https address.",
        "Name a SPARQL endpoint such as https://example.org/sparql.",
        "“{0}”不是 http 或 https 地址。",
        "请指定 SPARQL 端点，例如 https://example.org/sparql。",
    ),
    "endpoint-unreachable": (
        "The endpoint {0} cannot be reached: {1}.",
        "Check the address and the network, then try again.",
        "无法连接端点 {0}：{1}。",
        "请检查地址与网络后重试。",
    ),
    "endpoint-timeout": (
        "The endpoint {0} gave no answer within {1} seconds.",
        "Ask for less, or set a longer --timeout.",
        "端点 {0} 在 {1} 秒内没有应答。",
        "请缩小查询，或用 --timeout 延长时限。",
    ),
    "endpoint-busy": (
        "The endpoint {0} is busy (HTTP {1}) after {2} tries.",
        "Try again later.",
        "端点 {0} 繁忙（HTTP {1}），已尝试 {2} 次。",
        "请稍后再试。",
    ),
    "endpoint-refused": (
        "The endpoint {0} refused the query (HTTP {1}).",
        "Check the query and your right to use the endpoint.",
        "端点 {0} 拒绝了查询（HTTP {1}）。",
        "请检查查询以及访问权限。",
    ),
    "endpoint-answer": (
        "The endpoint {0} answered with something that is not a SPARQL result.",
        "Check that the address is that of a SPARQL 1.1 endpoint.",
        "端点 {0} 返回的不是 SPARQL 结果。",
        "请确认该地址是 SPARQL 1.1 端点。",
    ),
    # files that are not what they seem
    "not-a-file": (
        "This is not an ordinary file.",
        "Keep only curated files under names that end in .yaml.",
        "这不是普通文件。",
        "以 .yaml 结尾的名称只用于数据文件。",
    ),
    "file-unreadable": (
        "The file cannot be read: {0}.",
        "Check that it is a file of yours and may be read.",
        "无法读取该文件：{0}。",
        "请检查文件是否存在以及是否有读取权限。",
    ),
    "text-too-long": (
        "This text is longer than {0} characters.",
        "Tell it shorter; or a quote or bracket before it may not be closed.",
        "此处文字超过 {0} 个字符。",
        "请缩短；也可能是前面的引号或括号没有关闭。",
    ),
    "more-faults": (
        "There are more faults.",
        "Mend these first.",
        "还有更多错误。",
        "请先修改以上各处。",
    ),
    # queries that the endpoint refuses by their text
    "problem-query-size": (
        "The query is longer than {0} KiB.",
        "Ask in parts, or get the whole dataset and ask it on your own machine.",
        "查询超过 {0} KiB。",
        "请分成几次查询，或下载整个数据集在本机查询。",
    ),
    "problem-query-tokens": (
        "The query has more than {0} words and signs.",
        "Ask in parts, or get the whole dataset and ask it on your own machine.",
        "查询的词和符号超过 {0} 个。",
        "请分成几次查询，或下载整个数据集在本机查询。",
    ),
    "problem-query-nesting": (
        "The query has brackets more than {0} deep.",
        "Write it flatter: brackets around single values and groups can mostly be left out.",
        "查询的括号嵌套超过 {0} 层。",
        "请减少嵌套：单个值或单个图模式外的括号大多可以省去。",
    ),
    "problem-query-unions": (
        "The query has more than {0} UNIONs.",
        "List the alternatives in VALUES, or ask in parts.",
        "查询中的 UNION 超过 {0} 个。",
        "请用 VALUES 列出各选项，或分成几次查询。",
    ),
    "problem-query-optionals": (
        "The query has more than {0} OPTIONALs.",
        "Ask for some of the properties, or in parts.",
        "查询中的 OPTIONAL 超过 {0} 个。",
        "请只查询部分属性，或分成几次查询。",
    ),
    "problem-query-joined": (
        "One group of the query joins more than {0} triple patterns.",
        "Ask in parts, or list the things that you look for in VALUES.",
        "查询的一个图模式中连接了超过 {0} 个三元组模式。",
        "请分成几次查询，或用 VALUES 列出要查的对象。",
    ),
}


def message(code: str, language: Language) -> tuple[str, str]:
    """Problem and remedy of one message, with ``{0}``, ``{1}`` … still to be filled."""
    english_problem, english_remedy, chinese_problem, chinese_remedy = _MESSAGES[code]
    if language == "zh":
        return chinese_problem, chinese_remedy
    return english_problem, english_remedy


def message_codes() -> tuple[str, ...]:
    """All codes, for the test of parity."""
    return tuple(_MESSAGES)


_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "product": ("City Practice Graph", "城市实践图谱"),
    # how to cite
    "contributors": ("City Practice Graph contributors", "城市实践图谱贡献者"),
    "cite-version": ("version {0}", "版本 {0}"),
    "cite-page": (
        "{author}: {title}. {product}, {version} of {date}. {address} (accessed {accessed}).",
        "{author}：{title}。{product}，{version}（{date}）。{address}（访问日期：{accessed}）。",
    ),
    "cite-dataset": (
        "{author}: {title}, {version} of {date}. {address} (accessed {accessed}).",
        "{author}：{title}，{version}（{date}）。{address}（访问日期：{accessed}）。",
    ),
    "cite-message": (
        "If you use this dataset, please cite it with its version.",
        "使用本数据集时，请注明引用及其版本。",
    ),
    # network pages
    "view-city-practice": (
        "Which cities document which practices",
        "哪些城市记录了哪些实践",
    ),
    "view-city-practice-lead": (
        (
            "Each line joins a city and a practice that one of its programmes applies. A larger "
            "practice occurs in more cities."
        ),
        "每条线连接一个城市与其项目采用的一种实践。图形越大，采用的城市越多。",
    ),
    "view-practice-mechanism": (
        "Practices and the governance mechanisms that steer them",
        "实践与推动它们的治理机制",
    ),
    "view-practice-mechanism-lead": (
        "Each line joins a practice and a mechanism that one programme applies together.",
        "每条线连接同一项目中同时出现的一种实践与一种机制。",
    ),
    "view-practice-co-adoption": (
        "Practices that occur in the same city",
        "出现在同一城市的实践",
    ),
    "view-practice-co-adoption-lead": (
        (
            "Each line joins two practices documented for the same city. With so few cities a line "
            "is an observation, not a pattern."
        ),
        "每条线连接同一城市记录的两种实践。城市数量有限，连线只是观察，不代表规律。",
    ),
    "network-scope": (
        (
            "Drawn from {programmes} programmes of {cities_documented} documented cities, of "
            "{cities_registered} registered."
        ),
        "依据 {cities_documented} 座有记载城市（共登记 {cities_registered} 座）的 {programmes} 个项目绘制。",
    ),
    "view-programme-technology": (
        "Programmes and the technologies they use",
        "项目及其使用的技术",
    ),
    "view-programme-technology-lead": (
        (
            "Each line joins a programme and a technology that it uses. Without a chosen city, "
            "technologies on record in one city alone are left out."
        ),
        "每条线连接一个项目与其使用的一种技术。未选定城市时，仅一座城市有记载的技术不予显示。",
    ),
    "view-city": (
        "{0}: its programmes and what they apply",
        "{0}：项目及其所采用的内容",
    ),
    "view-city-lead": (
        "Programmes of the city with their practices, technologies, mechanisms and outcome types.",
        "该城市的项目及其实践、技术、机制与成效类型。",
    ),
    "unknown-not-absent": (
        "What is not recorded here is unknown, not absent.",
        "未记录不等于不存在。",
    ),
    "search-nodes": ("Find a name", "查找名称"),
    "kind-city": ("City", "城市"),
    "kind-practice": ("Practice", "实践"),
    "kind-programme": ("Programme", "项目"),
    "kind-technology": ("Technology", "技术"),
    "kind-mechanism": ("Mechanism", "机制"),
    "kind-outcome-type": ("Outcome type", "成效类型"),
    "kind-organisation": ("Organisation", "组织"),
    "kind-outcome": ("Outcome", "成效"),
    "kind-target": ("Target", "目标"),
    "kind-challenge": ("Challenge", "挑战"),
    "kind-domain": ("Domain", "领域"),
    "kind-stakeholder": ("Stakeholder group", "相关群体"),
    "kind-asset": ("Digital asset", "数字资产"),
    "kind-arrangement": ("Governance arrangement", "治理安排"),
    "kind-recommendation": ("Recommendation", "建议"),
    "kind-recognition": ("Recognition", "荣誉"),
    "kind-district": ("District", "城区"),
    "kind-area": ("Supranational area", "超国家区域"),
    # edges whose properties come from elsewhere and have no label of ours
    "edge-": ("applied in the same programme as", "与之同属一个项目"),
    "edge-dcterms:isPartOf": ("part of", "隶属于"),
    "edge-org:memberOf": ("member of", "成员机构所属"),
    "edge-skos:broader": ("kind of", "上位概念"),
    # edges read from their target to their source
    "edge-into-": ("applied in the same programme as", "与之同属一个项目"),
    "edge-into-cpg:adoptsPractice": ("adopted by", "采用城市"),
    "edge-into-cpg:inJurisdiction": ("jurisdiction of", "辖区内项目"),
    "edge-into-cpg:usesTechnology": ("used by", "使用者"),
    "edge-into-cpg:usesMechanism": ("used by", "运用者"),
    "edge-into-cpg:outcomeType": ("outcome type of", "所含成效"),
    "edge-into-cpg:leadOrganisation": ("leads", "牵头项目"),
    "edge-into-cpg:operatingOrganisation": ("operates", "运营项目"),
    "edge-into-cpg:fundingOrganisation": ("funds", "出资项目"),
    "edge-into-cpg:partnerOrganisation": ("partner in", "合作项目"),
    "edge-into-cpg:addressesChallenge": ("addressed by", "应对措施"),
    "edge-into-cpg:inDomain": ("domain of", "领域内项目"),
    "edge-into-cpg:benefits": ("benefits from", "受惠项目"),
    "edge-into-cpg:involvesGroup": ("involved in", "参与项目"),
    "edge-into-cpg:mechanismType": ("mechanism type of", "所含安排"),
    "edge-into-cpg:participatingBody": ("takes part in", "参加的安排"),
    "edge-into-cpg:addressedTo": ("is given the recommendation", "收到的建议"),
    "edge-into-cpg:recommendsPractice": ("recommended by", "相关建议"),
    "edge-into-cpg:recommendsMechanism": ("recommended by", "相关建议"),
    "edge-into-cpg:awardedBy": ("awards", "授予的荣誉"),
    "edge-into-dcterms:isPartOf": ("has part", "包含"),
    "edge-into-org:memberOf": ("has member", "成员"),
    "edge-into-skos:broader": ("has kind", "下位概念"),
    "column-name": ("Name", "名称"),
    "column-kind": ("Kind", "类别"),
    "column-cities": ("Cities", "城市数"),
    "column-links": ("Connected with", "关联对象"),
    "column-evidence": ("Evidence", "依据"),
    "close": ("Close", "关闭"),
    "show-whole": ("Whole picture", "查看全图"),
    "show-close-up": ("Closer", "放大查看"),
    "network-hint": (
        (
            "Drag to move, scroll or pinch to zoom, select a node to read its evidence (P11S2 means paragraph "
            "11, sentence 2 of the source)."
        ),
        "拖动可移动，滚轮或双指可缩放，选中节点可查看依据（P11S2 指来源第 11 段第 2 句）。",
    ),
    "same-as-table": ("The same as a table", "同一内容的表格"),
    "network-footer": (
        (
            "{0} nodes and {1} lines. Data: City Practice Graph, CC BY 4.0. This page works without a "
            "network."
        ),
        "共 {0} 个节点、{1} 条连线。数据：城市实践图谱，CC BY 4.0。本页无需联网。",
    ),
    # command line
    "step-read": ("Reading the curated files …", "正在读取数据文件……"),
    "step-references": ("Checking references …", "正在核对引用……"),
    "step-convert": ("Converting to RDF …", "正在转换为 RDF……"),
    "step-merge": ("Merging accepted claims …", "正在合并已采纳的声明……"),
    "step-rules": ("Deriving …", "正在推导……"),
    "step-shapes": ("Validating with SHACL …", "正在进行 SHACL 校验……"),
    "step-serialise": ("Writing N-Quads …", "正在生成 N-Quads……"),
    "step-pages": ("Making the pages (once, some seconds) …", "正在生成页面（仅首次，需数秒）……"),
    "onefile-pages": ("{0} of {1} pages", "已完成 {0} / {1} 页"),
    "onefile-written": (
        "Wrote {0}: {1} pages in two languages, {2} MB. It opens in a browser without a network.",
        "已写入 {0}：{1} 页（中英双语），{2} MB。用浏览器即可打开，无需网络。",
    ),
    "no-pages": (
        "Served without pages: {0}",
        "不含页面，仅提供数据服务：{0}",
    ),
    "step-cache-unwritable": (
        "The cache cannot be written; the next start will build again.",
        "无法写入缓存；下次启动将重新构建。",
    ),
    "coverage-note": (
        (
            "{0} of {1} cities have a programme on record; richness is compared at {2} programmes. "
            "The estimates are lower bounds: read them as how little the record bounds, not as truth."
        ),
        (
            "{1} 座城市中有 {0} 座有项目记录；丰富度在 {2} 个项目处比较。"
            "估计值为下限：应视为记录所能限定的程度，而非真值。"
        ),
    ),
    "leaders-note": (
        (
            "{0} leading cities against {1} others, {2} findings at a false discovery rate of 0.05; "
            "{3} cities could be permuted, {4} in scope are undocumented."
        ),
        (
            "{0} 座领先城市与 {1} 座其他城市比较，错误发现率 0.05 下有 {2} 项发现；"
            "可置换的城市 {3} 座，范围内无记录的 {4} 座。"
        ),
    ),
    "together-note": (
        (
            "{0} findings among {1} pairs tested over {2} documented cities of {3} (false discovery "
            "rate 0.05; null model {4}, {5} null worlds). Few findings say little: small effects stay "
            "unseen in so few cities. What is not recorded is unknown, not absent."
        ),
        (
            "在 {3} 座城市中有记录的 {2} 座上检验了 {1} 对，发现 {0} 对（错误发现率 0.05；零模型 {4}，"
            "零世界 {5} 个）。发现少并不说明什么：城市太少时，小的效应看不出来。"
            "未记录不等于不存在。"
        ),
    ),
    "scores-note": (
        "{0} documented cities with scores; {1} pairs of practice and factor tested.",
        "有记录且有得分的城市 {0} 座；共检验 {1} 对实践与要素。",
    ),
    "peers-note": (
        (
            "{0} cities have a comparable context, of {1} too little is known in common; {2} "
            "programmes of this city are on record. Context and practice are apart: neither makes "
            "the other."
        ),
        (
            "可比较背景的城市 {0} 座，另有 {1} 座共同已知的信息太少；该城市有 {2} 个项目记录。"
            "背景与实践分开衡量，互不推论。"
        ),
    ),
    "gap-note-peers": (
        "Compared with the {0} documented of {1} cities of most similar context: {2}.",
        "与背景最相似的 {1} 座城市中有记录的 {0} 座比较：{2}。",
    ),
    "gap-note-leading": (
        "Compared with the {0} documented of {1} leading cities: {2}.",
        "与 {1} 座领先城市中有记录的 {0} 座比较：{2}。",
    ),
    "sure-note": (
        (
            "Intervals (Wilson, 95 %) take the cities as drawn from many like them; 'one left out' is "
            "the range without any one city or source. Cities differ in how much is written of them: "
            "shares are of what is on record, not of what is done."
        ),
        (
            "区间（威尔逊法，95%）把这些城市视为从众多同类城市中抽取；“去一”指去掉任一城市或来源后的范围。"
            "各城市的记载多寡不同：占比反映的是记载，而非实际做法。"
        ),
    ),
    "recur-note": (
        (
            "{0} of {1} cities in scope have a programme on record ({2}). A practice not recorded for "
            "a city is unknown, not absent. Evidence: kg show {3}"
        ),
        (
            "范围内 {1} 个城市中有 {0} 个有项目记录（{2}）。某城市未记录某项实践，不等于该实践不存在。"
            "查看依据：kg show {3}"
        ),
    ),
    "scope-all": ("all registered cities", "全部登记城市"),
    "scope-leading": ("rank 1 to {0} in {1}", "{1} 第 1 至 {0} 名"),
    "compare-note": (
        (
            "Programmes on record with each practice, and the independent sources behind them. "
            "Neither 'unknown' nor 'not found' means absent. On record in all: {0}."
        ),
        (
            "单元格为采用该实践的有记录项目数及其独立来源数。“未知”与“已查未见”均不等于不存在。"
            "全部记载：{0}。"
        ),
    ),
    "check-file-good": ("{0} is good together with {1}.", "{0} 与 {1} 一并检查无误。"),
    "new-city": (
        "Written: {0}. Fill in every TODO, then: kg check {0}",
        "已写入：{0}。请填写各处 TODO，然后运行：kg check {0}",
    ),
    "new-city-known": (
        (
            "Written: {0}. The facts know {1}, so the file only adds to it. "
            "Fill in every TODO, then: kg check {0}"
        ),
        "已写入：{0}。事实库中已有 {1}，该文件只作补充。请填写各处 TODO，然后运行：kg check {0}",
    ),
    "documented-city": ("{0}: {1} programmes, {2} sources", "{0}：{1} 个项目、{2} 个来源"),
    "city-documented": (
        "On record for this city: {0} programmes, from {1} sources.",
        "该城市有记载：{0} 个项目，来自 {1} 个来源。",
    ),
    "concept-documented": (
        (
            "On record in {0} of {1} documented cities ({2} registered), in {3} programmes, "
            "from {4} independent sources."
        ),
        "见于 {1} 座有记载城市（共登记 {2} 座）中的 {0} 座，涉及 {3} 个项目、{4} 个独立来源。",
    ),
    "cell-documented": ("{0} (sources: {1})", "{0}（来源 {1}）"),
    "cell-searched-not-found": (
        "not found (sources: {1})",
        "已查未见（来源 {1}）",
    ),
    "cell-documented-absent": ("absent (sources: {1})", "不存在（来源 {1}）"),
    "cell-unknown": ("unknown", "未知"),
    "shown-evidence": (
        "{0} statements from {1} sources, each with the places that support it; {2} disputed.",
        "共 {0} 条陈述，来自 {1} 个来源，每条均注明出处；其中 {2} 条有争议。",
    ),
    "nothing-said": (
        "No source in the graph states anything about it yet: unknown, not absent.",
        "图谱中尚无来源述及：未知，不等于不存在。",
    ),
    "matched-alias": ("{0} ({1})", "{0}（{1}）"),
    "matched-pinyin": ("{0} (sounds like {1})", "{0}（音近“{1}”）"),
    "matched-initials": ("{0} (first letters of {1})", "{0}（“{1}”的拼音首字母）"),
    "matched-description": ("{0} (in its description)", "{0}（见其说明）"),
    "no-hits": (
        "Nothing has a name like this. Try fewer characters, or the other language.",
        "没有相近的名称。请减少字数，或换一种语言。",
    ),
    "check-good": (
        "{0} files are good: {1} quads, {2} claims, {3} warnings.",
        "{0} 个文件正确：{1} 条四元组，{2} 条声明，{3} 条警告。",
    ),
    "coverage-line": ("{0}: {1}/{2}", "{0}：{1}/{2}"),
    "coverage-total": ("{0}: {1}/{2} facts covered", "{0}：已覆盖 {1}/{2} 条事实"),
    "no-checklist": (
        "The folder {0} has no checklist.",
        "文件夹 {0} 中没有核对表。",
    ),
    "source-repeated": (
        "{0}: the description repeats the source ({1}). Tell it in your own words.",
        "{0}：描述照搬了来源原文（{1}）。请用自己的话概括。",
    ),
    "source-good": (
        "{0}: all {1} places fit the text.",
        "{0}：{1} 处位置均与文本相符。",
    ),
    "published": ("{0} is current in {1} ({2} quads).", "{1} 的当前版本：{0}（{2} 条四元组）。"),
    "serving": (
        "Serving {0}/sparql; queries run {1}. Stop with Ctrl-C.",
        "服务地址：{0}/sparql；查询{1}。按 Ctrl-C 停止。",
    ),
    "exploring": ("The explorer: {0}", "浏览页面：{0}"),
    "isolation-namespace": (
        "in processes without a network (own namespace)",
        "在没有网络的进程中执行（独立命名空间）",
    ),
    "isolation-file-slots": (
        "in processes that can open no socket (file slots taken)",
        "在无法建立连接的进程中执行（文件槽位已占满）",
    ),
    "isolation-none": (
        "inside this process, for you alone: a bad query can end it",
        "在本进程内执行，仅供您本人使用：不当的查询可能使其终止",
    ),
    "isolation-host": (
        "with the network of this machine, which you stated has none",
        "依本机网络执行（您已声明本机无网络）",
    ),
    "limits": (
        (
            "Limits: query {0} KiB, {1} s a query, answer {2} MiB, {3} s of query time a minute "
            "for each client. Read only; no SERVICE."
        ),
        (
            "限制：查询语句 {0} KiB，每次查询 {1} 秒，结果 {2} MiB，"
            "每个客户端每分钟查询时间 {3} 秒。只读；不执行 SERVICE。"
        ),
    ),
    "written": ("Written: {0}", "已写入：{0}"),
    "error": ("Error: ", "错误："),
    "data-or-endpoint": (
        "--data and --endpoint exclude each other.",
        "--data 与 --endpoint 不能同时使用。",
    ),
    "file-error": ("{0}: {1}. Name another place.", "{0}：{1}。请换一个位置。"),
    "answer-true": ("true", "是"),
    "answer-false": ("false", "否"),
    "more-columns": (
        "All columns and whole lists: --wide, or --format csv for a spreadsheet.",
        "全部列及完整列表：加 --wide 查看，或用 --format csv 导出到电子表格。",
    ),
    # columns of tables that people read
    "practice": ("practice", "实践"),
    "technology": ("technology", "技术"),
    "mechanism": ("mechanism", "机制"),
    "outcome_type": ("outcome type", "成效类型"),
    "domain": ("domain", "领域"),
    "name": ("name", "名称"),
    "cities": ("cities", "城市数"),
    "of": ("of", "范围内城市数"),
    "documented": ("documented", "有记载城市数"),
    "share": ("share", "占比"),
    "low": ("95 % from", "95%下限"),
    "high": ("to", "95%上限"),
    "stable_low": ("one left out, from", "去一后最低"),
    "stable_high": ("up to", "去一后最高"),
    "decisive": ("most rests on", "影响最大的来源"),
    "first_year": ("first year", "最早年份"),
    "last_year": ("last year", "最晚年份"),
    "undated": ("undated", "年份不详"),
    "year": ("year", "年份"),
    "unit": ("unit", "单位"),
    "bound": ("bound", "界限"),
    "grades": ("claims by grade", "声明（按等级）"),
    "adjusted_difference": ("difference, adjusted", "校正差值"),
    "adjusted_effect": ("effect, adjusted", "校正效应"),
    "against": ("against", "对照组"),
    "against_list": ("cities without the outcome", "结果为假的城市"),
    "about": ("about", "内容"),
    "agreeing": ("alike in", "相近的部分"),
    "antecedent": ("when on record", "前件"),
    "antecedent_cities": ("cities with it", "前件城市数"),
    "below_level": ("below", "低于比较数"),
    "both": ("both", "两者皆真"),
    "caution": ("caution", "注意"),
    "city": ("city", "城市"),
    "claim": ("claim", "声明"),
    "claims": ("claims", "声明数"),
    "concept": ("concept", "概念"),
    "concept_list": ("what they share", "共有内容"),
    "concepts": ("concepts", "概念数"),
    "condition": ("condition", "条件"),
    "confidence": ("confidence", "置信度"),
    "conflicting": ("conflicting claim", "与之矛盾的声明"),
    "consequent": ("then mostly", "后件"),
    "consequent_cities": ("cities with that", "后件城市数"),
    "consistency": ("consistency", "一致性"),
    "context": ("likeness of context", "背景相似度"),
    "conviction": ("conviction", "确信度"),
    "coverage": ("coverage", "覆盖度"),
    "difference": ("difference", "差值"),
    "direction": ("direction", "方向"),
    "disputed": ("disputed", "有争议"),
    "estimated": ("estimated", "估计值"),
    "exception_list": ("exceptions", "例外"),
    "expected": ("expected", "期望值"),
    "factor_name": ("factor", "要素"),
    "factors": ("weak factors it bears on", "涉及的薄弱要素"),
    "facet": ("kind", "类别"),
    "fragment": ("place", "出处"),
    "first_cities": ("cities with one", "其一城市数"),
    "first_name": ("one", "其一"),
    "grade": ("grade", "等级"),
    "having": ("cities with it", "有记载城市数"),
    "here": ("here", "本城"),
    "jaccard": ("likeness of practice", "实践相似度"),
    "known": ("known in common", "共同已知比重"),
    "leader_list": ("leading cities", "领先城市"),
    "leader_share": ("share of leaders", "领先城市占比"),
    "leaders": ("leaders with it", "有记载的领先城市"),
    "leaders_documented": ("leaders on record", "有记录的领先城市数"),
    "least": ("at least", "至少"),
    "leverage": ("leverage", "杠杆度"),
    "lift": ("lift", "提升度"),
    "likeness": ("likeness", "相似度"),
    "likeness_of": ("cities with likeness", "相似度所据城市数"),
    "mechanism_list": ("mechanisms that came with it", "相伴机制"),
    "model": ("model", "模型"),
    "missing": ("not comparable", "无法比较的部分"),
    "most": ("at most", "至多"),
    "other_list": ("other cities", "其他城市"),
    "other_share": ("share of others", "其他城市占比"),
    "others": ("others with it", "有记载的其他城市"),
    "others_documented": ("others on record", "有记录的其他城市数"),
    "outcome_list": ("outcomes reported", "所报成效"),
    "own": ("practices here", "本城实践数"),
    "p": ("p", "p值"),
    "part": ("part", "部分"),
    "permutable": ("cities permuted", "可置换城市数"),
    "population": ("population", "人口"),
    "programme": ("programme", "项目"),
    "programme_list": ("programmes to look at", "可参看的项目"),
    "q": ("q", "q值"),
    "rank": ("rank", "名次"),
    "ranked": ("comparable", "可比较"),
    "rarefied": ("richness at equal record", "同等记录下的丰富度"),
    "raw_coverage": ("raw coverage", "原始覆盖度"),
    "reason": ("reason", "原因"),
    "row": ("row", "行"),
    "region": ("region", "区域"),
    "relevance": ("relevance", "必要性相关度"),
    "search": ("looked for here", "本城查找结果"),
    "searched": ("sources searched", "查找来源数"),
    "second_cities": ("cities with the other", "其二城市数"),
    "second_name": ("other", "其二"),
    "share_seen": ("share seen", "已见占比"),
    "shared": ("shared", "共有"),
    "shared_list": ("shared practices", "共有实践"),
    "side": ("side", "哪一方"),
    "significant": ("finding", "发现"),
    "similarity": ("similarity", "相似度"),
    "smallest_p": ("smallest p", "最小p值"),
    "solution": ("solution", "解"),
    "spearman": ("rank correlation", "等级相关系数"),
    "source_type": ("best source", "最佳来源类型"),
    "stability": ("stability", "稳定度"),
    "state": ("state", "状态"),
    "subregion": ("sub-region", "次区域"),
    "support": ("support", "支持度"),
    "technology_list": ("technologies that came with it", "相伴技术"),
    "term": ("term", "项"),
    "tested": ("tested", "检验数"),
    "theirs": ("practices there", "对方实践数"),
    "there": ("there", "对方"),
    "unique_coverage": ("unique coverage", "唯一覆盖度"),
    "warning": ("warning", "警示"),
    "weight": ("weight", "权重"),
    "with_condition": ("with condition", "条件为真"),
    "with_outcome": ("with outcome", "结果为真"),
    "rank_weighted_share": ("rank-weighted", "排名加权占比"),
    "programmes": ("programmes", "项目数"),
    "sources": ("sources", "来源数"),
    "regions": ("regions", "区域数"),
    "city_list": ("which", "城市"),
    # columns that statisticians read
    "once": ("on record once", "仅见一次的概念数"),
    "twice": ("on record twice", "仅见两次的概念数"),
    "good_coverage": ("coverage, Good", "古德覆盖度"),
    "standard_error": ("standard error", "标准误"),
    "deviation": ("standard deviation", "标准差"),
    "share_low": ("share seen, 95 % from", "已见占比95%下限"),
    "share_high": ("share seen, to", "已见占比95%上限"),
    "rarefied_error": ("standard error of richness", "丰富度标准误"),
    "odds_ratio": ("odds ratio", "优势比"),
    "odds_low": ("odds ratio, 95 % from", "优势比95%下限"),
    "odds_high": ("odds ratio, to", "优势比95%上限"),
    "fisher_p": ("p, Fisher's exact test", "费希尔精确检验p值"),
    "first": ("one, id", "其一标识"),
    "second": ("other, id", "其二标识"),
    "ratio": ("times expected", "实际与期望之比"),
    "phi": ("phi", "φ系数"),
    "z": ("z", "z值"),
    "check_expected": ("expected, other null", "复核期望值"),
    "check_p": ("p, other null", "复核p值"),
    "stable": ("one left out, still found", "去一后仍为发现的次数"),
    "stable_of": ("of", "去一次数"),
    "enough_together": ("found together from", "构成同现偏多的最少城市数"),
    "enough_apart": ("found apart up to", "构成同现偏少的最多城市数"),
    "number": ("number", "编号"),
    "delta": ("delta", "Δ值"),
    "upper": ("more general", "上位集合编号"),
    "kendall": ("Kendall's tau", "肯德尔τ系数"),
    "rank_biserial": ("rank biserial", "秩二列相关系数"),
    "overlap": ("overlap", "重叠系数"),
    "p_value": ("p", "p值"),
    "q_value": ("q", "q值"),
    "expected_popular": ("expected by popularity", "按普遍程度的期望值"),
    "z_popular": ("z by popularity", "按普遍程度的z值"),
    "p_popular": ("p by popularity", "按普遍程度的p值"),
    "q_popular": ("q by popularity", "按普遍程度的q值"),
    "where_here": ("place, here", "本城出处"),
    "where_there": ("place, there", "对方出处"),
    "coding": ("coded as", "编码"),
    "alone": ("covered by it alone", "仅由此项覆盖"),
    "pri": ("PRI", "PRI（不一致性的比例缩减）"),
    "assumptions": ("assumptions", "简化假设数"),
    "companion": ("companion", "相伴内容"),
    "direct": ("recorded as", "直接记录的概念"),
    "source": ("source", "来源"),
    "reference": ("reference", "参考文献序号"),
    "start_year": ("start year", "起始年"),
    # columns of named queries
    "after": ("after", "后一名次"),
    "agencies": ("agencies", "机构数"),
    "amount": ("amount", "数额"),
    "appraisal": ("appraisal", "评价等级"),
    "appraised": ("claim of the appraisal", "评价所据声明"),
    "arrangement": ("arrangement", "安排"),
    "awardedBy": ("awarded by", "授予机构"),
    "awardedTo": ("awarded to", "授予对象"),
    "baselineYear": ("baseline year", "基准年"),
    "basis": ("basis", "名次依据"),
    "before": ("before", "前一名次"),
    "best": ("best", "最佳名次"),
    "broader": ("broader", "上位概念"),
    "cityName": ("city name", "城市名称"),
    "company": ("company", "企业"),
    "companyName": ("company name", "企业名称"),
    "comparable": ("comparable", "可比"),
    "country": ("country", "国家或地区"),
    "currency": ("currency or unit", "货币或单位"),
    "creator": ("author", "作者"),
    "definition": ("definition", "定义"),
    "description": ("description", "说明"),
    "document": ("document", "文献"),
    "domains": ("domains", "领域数"),
    "edition": ("edition", "榜单版次"),
    "editions": ("editions", "版次数"),
    "end": ("end", "结束位置"),
    "endYear": ("end year", "结束年"),
    "factor": ("factor", "要素"),
    "figures": ("figures", "数据项数"),
    "group": ("group", "相关群体"),
    "groupName": ("group name", "群体名称"),
    "indicator": ("indicator", "指标"),
    "issued": ("published", "发布日期"),
    "language": ("language", "语言"),
    "read": ("read on", "阅读日期"),
    "interval": ("interval", "会议周期"),
    "kind": ("kind", "类别"),
    "latitude": ("latitude", "纬度"),
    "lead": ("lead", "牵头组织"),
    "level": ("level", "层级"),
    "longitude": ("longitude", "经度"),
    "means": ("means", "所用手段"),
    "meansName": ("means, name", "手段名称"),
    "measurement": ("measurement", "度量"),
    "method": ("method", "排名方法"),
    "observation": ("observation", "观测"),
    "observedYear": ("observed year", "观测年"),
    "organisation": ("organisation", "组织"),
    "other": ("other", "另一项"),
    "outcome": ("outcome", "成效"),
    "peer": ("city to learn from", "可参照城市"),
    "practices": ("practices", "实践数"),
    "precision": ("precision", "起始年精度"),
    "publisher": ("publisher", "发布机构"),
    "recognition": ("recognition", "荣誉"),
    "recommendation": ("recommendation", "建议"),
    "record": ("record", "查证记录"),
    "resource": ("resource", "治理资源"),
    "rise": ("places risen", "上升位数"),
    "role": ("role", "参与方式"),
    "scheme": ("scheme", "概念表"),
    "scored": ("claim of the score", "得分所据声明"),
    "set": ("compared among", "参照范围"),
    "start": ("start", "起始位置"),
    "startYear": ("start year", "起始年"),
    "sum": ("sum of scores", "要素得分之和"),
    "target": ("target", "目标"),
    "theme": ("theme", "主题"),
    "title": ("title", "标题"),
    "total": ("total score", "总分"),
    "type": ("type", "类型"),
    "typeName": ("type, name", "类型名称"),
    "unknown": ("unknown", "未知实践数"),
    "url": ("web address", "网址"),
    "used": ("mechanism used", "所用机制"),
    "valueName": ("value, name", "值的名称"),
    "where": ("place", "出处"),
    "words": ("recorded words", "记录用语"),
    # columns that mean something else in one answer
    "search.score": ("score", "相似度"),
    "coverage.level": ("compared at", "比较时的项目数"),
    "scores.factor": ("factor, id", "要素标识"),
    "configurations.of": ("of", "总数"),
    "gap.of": ("of", "参与比较的城市数"),
    "peers.of": ("of practices", "范围内实践数"),
    "peers.factors": ("factors", "要素"),
    "companions.of": ("of programmes", "项目总数"),
    "companions.documented": ("with any on record", "有同类记载的项目数"),
    "companions.claims": ("claims", "声明"),
    "totals-and-sums.factors": ("factors", "要素数"),
    "mechanisms-with-practice.of": ("of programmes", "项目总数"),
    "technologies-with-practice.of": ("of programmes", "项目总数"),
    "cq12-recognitions.place": ("place", "获奖名次"),
    "cq13-appraisal.level": ("appraisal", "评价等级"),
    "cq16-mechanisms-by-place.place": ("place", "所在地"),
    "cq22-recommendation-structure.group": ("group", "建议分组"),
    "cq22-recommendation-structure.groupName": ("group name", "分组名称"),
    "programmes.place": ("place", "所在地"),
    # what codes mean that no concept scheme has; concepts have their own names
    "code-yes": ("yes", "是"),
    "code-no": ("no", "否"),
    "code-more": ("; +{0}", "，另有 {0} 项"),
    "code-together": ("together", "同现偏多"),
    "code-apart": ("apart", "同现偏少"),
    "code-ranked": ("cities ranked after them", "名次在后的城市"),
    "code-others": ("all others on record", "其他有记录的城市"),
    "code-unknown": ("unknown", "未知"),
    "code-mechanism": ("mechanism", "机制"),
    "code-technology": ("technology", "技术"),
    "code-region": ("region", "区域"),
    "code-subregion": ("sub-region", "次区域"),
    "code-population": ("population", "人口"),
    "code-rank": ("rank", "名次"),
    "code-factors": ("factors", "要素"),
    "code-unknown-here": ("unknown here", "本城未知"),
    "code-unknown-there": ("unknown there", "对方未知"),
    "code-unknown-both": ("unknown of both", "双方均未知"),
    "code-different-kinds": ("of different kinds", "口径不同"),
    "code-here": ("here", "本城"),
    "code-there": ("there", "对方"),
    "code-no-programmes": ("no programme on record", "无项目记录"),
    "code-one-programme": ("one programme on record", "仅有一个项目记录"),
    "code-none-repeated": ("nothing on record twice", "没有重复出现的概念"),
    "code-positive": ("outcome", "结果为真"),
    "code-negative": ("no outcome", "结果为假"),
    "code-contradictory": ("contradictory", "矛盾"),
    "code-excluded": ("excluded", "排除"),
    "code-remainder": ("remainder", "逻辑余项"),
    "code-complex": ("complex", "复杂解"),
    "code-parsimonious": ("parsimonious", "简约解"),
    "code-intermediate": ("intermediate", "中间解"),
    "code-product": ("product", "组态"),
    "code-sum": ("sum", "整体"),
    "code-gap": ("gap", "差距"),
    "code-shared": ("shared", "共有"),
    "code-body": ("body", "参加机构"),
    "code-domain": ("domain", "领域"),
    "subject": ("subject", "主体"),
    "property": ("property", "属性"),
    "value": ("value", "值"),
    "status": ("status", "状态"),
    "place": ("place", "出处"),
    "thing": ("thing", "对象"),
    "dcterms:description": ("description", "说明"),
    "dcterms:isPartOf": ("part of", "隶属"),
    "skos:prefLabel": ("name", "名称"),
    "skos:altLabel": ("other name", "别名"),
    "foaf:page": ("web page", "网页"),
    "dcterms:source": ("source", "来源"),
    "qb:dataSet": ("data set", "数据集"),
    "qb:Observation": ("observation", "观测"),
    "rdf:type": ("type", "类型"),
    "skos:Concept": ("concept", "概念"),
    "skos:broader": ("broader", "上位概念"),
    "skos:broaderTransitive": ("broader at any level", "各级上位概念"),
    "skos:definition": ("definition", "定义"),
    "skos:inScheme": ("scheme", "概念表"),
    "dcterms:created": ("entered on", "录入日期"),
    "dcterms:creator": ("author", "作者"),
    "dcterms:hasPart": ("has part", "包含"),
    "dcterms:issued": ("published on", "发布日期"),
    "dcterms:language": ("language", "语言"),
    "dcterms:publisher": ("publisher", "发布机构"),
    "dcterms:rights": ("rights", "权利说明"),
    "dcterms:title": ("title", "题名"),
    "foaf:Person": ("person", "人物"),
    "geo:lat": ("latitude", "纬度"),
    "geo:long": ("longitude", "经度"),
    "oa:TextPositionSelector": ("position in a text", "文中位置"),
    "oa:end": ("ends at character", "结束字符"),
    "oa:hasSelector": ("position in the text", "文中位置"),
    "oa:hasSource": ("in the source", "所在来源"),
    "oa:start": ("begins at character", "起始字符"),
    "org:Organization": ("organisation", "机构"),
    "org:memberOf": ("member of", "隶属"),
    "owl:differentFrom": ("not the same as", "并非同一对象"),
    "prov:hadPrimarySource": ("repeats", "转述自"),
    "prov:wasDerivedFrom": ("stands at", "出处"),
    "qb:ComponentSpecification": ("component", "组成"),
    "qb:DataSet": ("data cube", "数据立方体"),
    "qb:DataStructureDefinition": ("structure of a data cube", "数据立方体结构"),
    "qb:attribute": ("attribute", "属性"),
    "qb:component": ("component", "组成"),
    "qb:componentRequired": ("required", "必需"),
    "qb:dimension": ("dimension", "维度"),
    "qb:measure": ("measure", "度量"),
    "qb:order": ("order", "顺序"),
    "qb:structure": ("structure", "结构"),
    "schema:sameAs": ("the same elsewhere", "其他数据库中的同一对象"),
    "schema:url": ("web address", "网址"),
    "skos:ConceptScheme": ("concept scheme", "概念表"),
    "skos:closeMatch": ("close to, elsewhere", "外部相近概念"),
    "skos:editorialNote": ("editor's note", "编者注"),
    "skos:exactMatch": ("the same concept elsewhere", "外部相同概念"),
    "skos:example": ("example", "示例"),
    "skos:hasTopConcept": ("has the top concept", "顶层概念"),
    "skos:hiddenLabel": ("other spelling", "其他写法"),
    "skos:narrower": ("narrower", "下位概念"),
    "skos:notation": ("symbol", "符号"),
    "skos:note": ("note", "注"),
    "skos:scopeNote": ("scope", "范围说明"),
    "skos:topConceptOf": ("top concept of", "所属概念表（顶层）"),
    "sosa:hasFeatureOfInterest": ("measured of", "度量对象"),
    "skos:relatedMatch": ("related elsewhere", "外部相关概念"),
    "score": ("score", "得分"),
    "query": ("query", "查询"),
    "question": ("question", "问题"),
    "parameters": ("parameters", "参数"),
    # the description of the interface for programs
    "api-about": (
        (
            "What leading city governments do, with evidence for every statement: a SPARQL endpoint "
            "and named queries. What is not recorded is unknown, not absent."
        ),
        "领先城市政府的做法，每条陈述均有依据：SPARQL 端点与具名查询。没有记载的是未知，而不是没有。",
    ),
    "api-sparql": ("SPARQL 1.1 queries", "SPARQL 1.1 查询"),
    "api-sparql-query": (
        "a query: SELECT, ASK, CONSTRUCT or DESCRIBE; without one the service describes itself",
        "查询语句：SELECT、ASK、CONSTRUCT 或 DESCRIBE；省略时返回服务说明",
    ),
    "api-default-graph": ("graphs that make up the default graph", "组成默认图的图"),
    "api-named-graph": ("graphs that GRAPH reaches", "可用 GRAPH 访问的图"),
    "api-queries": ("all named queries with their parameters", "全部具名查询及其参数"),
    "api-form": (
        "a named query by the ending: its rows, its SPARQL (rq) or its description (about)",
        "按后缀取得具名查询：结果、SPARQL 原文（rq）或说明（about）",
    ),
    "api-form-ending": (
        "format of the rows, or rq or about",
        "结果的格式，或 rq、about",
    ),
    "api-form-values": (
        "the parameters of the query, as at /queries/NAME",
        "查询的参数，与 /queries/名称 所用的相同",
    ),
    "api-name": ("name of the query", "查询的名称"),
    "api-lang": (
        "short for the parameter language; a query without names pays no heed to it",
        "参数 language 的简写；不含名称的查询不理会此参数",
    ),
    "api-any": ("{0}; several mean any of them", "{0}；多个值表示任一"),
    "api-link": (
        "where the query is described, with what a reader of its rows must know",
        "查询说明的地址，其中有解读结果须知",
    ),
    "api-openapi": ("this description", "本说明"),
    "api-health": ("whether queries are answered", "能否应答查询"),
    "api-metrics": ("figures for operators", "运行指标"),
    "api-answer": ("the answer, whole", "完整的结果"),
    "api-problem": (
        "what is wrong and what to do, in the language of Accept-Language",
        "错误与处理办法，语言依 Accept-Language",
    ),
    # what headings mean that not everybody knows
    "means-adjusted_difference": (
        "share of the leading cities less that of the others, among cities documented alike",
        "记录程度相近的城市中，领先城市占比减去其他城市占比",
    ),
    "means-confidence": (
        "share of the cities with the first that have the other, too",
        "有前件的城市中同时有后件的占比",
    ),
    "means-consistency": (
        "how far it holds without exception; 1 is none",
        "规律成立的程度，1 为无例外",
    ),
    "means-context": (
        "region, size, rank and scores alike, 0 to 1",
        "区域、规模、名次与得分的相近程度，0 至 1",
    ),
    "means-coverage": (
        "how much of the condition the outcome accounts for",
        "有该条件的城市中有该结果的占比",
    ),
    "means-estimated": (
        "practices that a fuller record would show at the least",
        "记录更充分时至少会显示的实践数",
    ),
    "means-expected": (
        "cities that would have both by chance",
        "仅凭偶然会同时有两者的城市数",
    ),
    "means-jaccard": (
        "shared practices of all that either city has on record, 0 to 1",
        "两城共有的实践占任一城有记载者的比例，0 至 1",
    ),
    "means-lift": (
        "how many times as often as in all documented cities",
        "与全部有记载城市相比，出现频率为其多少倍",
    ),
    "means-low": (
        "from here to the next column lies the true value in 95 of 100 such cases",
        "与下一列构成区间，100 次中有 95 次包含真值",
    ),
    "means-p": (
        "how often chance alone gives as much; below 0.05 is seldom",
        "仅凭偶然达到同样程度的概率，低于 0.05 即属少见",
    ),
    "means-q": (
        "p that allows for the many rows tested; up to 0.05 counts as a finding",
        "考虑到检验行数之后的 p 值，不超过 0.05 视为发现",
    ),
    "means-raw_coverage": (
        "share of the cities with the outcome that it fits",
        "有该结果的城市中符合该组合的占比",
    ),
    "means-relevance": (
        "near 0 when almost all cities have the condition, which then tells little",
        "几乎所有城市都有该条件时接近 0，此时说明不了什么",
    ),
    "means-share_seen": (
        "practices on record of those estimated",
        "有记载的实践占估计值的比例",
    ),
    "means-spearman": (
        "do record and score rise together; from -1, opposite, to 1, always",
        "记录与得分是否同升同降，-1 为相反，1 为完全一致",
    ),
    "means-stability": (
        "how little the set hangs on single cities; 1 is firmest",
        "组合对个别城市的依赖程度，1 为最不依赖",
    ),
    "means-warning": (
        "the score may belong to another factor",
        "该得分可能属于其他要素",
    ),
}


def text(key: str, language: Language) -> str:
    """A text of the interface, with ``{0}``, ``{1}`` … still to be filled."""
    return _TEXTS[key][1 if language == "zh" else 0]


def column(name: str, language: Language, answer: str = "") -> str:
    """Heading of a column; columns of free queries keep their variable's name.

    ``answer`` names the command or query: in some a column means something else.
    """
    for key in (f"{answer}.{name}", name):
        if key in _TEXTS:
            return text(key, language)
    return name


def code(name: str, language: Language) -> str:
    """What a code in a cell means; a code that has no text stays what it is."""
    return text(f"code-{name}", language) if f"code-{name}" in _TEXTS else name


def listed(items: Sequence[str], language: Language, *, between: str = "; ") -> str:
    """Things in one line, as the language sets a list; ``between`` stands there in English."""
    if language == "zh":
        # Marks inside a thing need a stronger one between things (GB/T 15834-2011, 4.6).
        between = "；" if any(mark in item for item in items for mark in "、，：") else "、"
    return between.join(items)


def explained(name: str, language: Language) -> str:
    """What the heading of a column means, in plain words; empty where it says so itself."""
    return text(f"means-{name}", language) if f"means-{name}" in _TEXTS else ""


def text_keys() -> tuple[str, ...]:
    """All keys, for the test of parity."""
    return tuple(_TEXTS)
