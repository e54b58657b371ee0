"""What can be wrong with data: where, what was read, which rule, how to mend it, in two languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Lang = Literal["zh", "en"]
Severity = Literal["error", "warning"]

MESSAGES: dict[str, dict[Lang, tuple[str, str]]] = {
    "file_missing": {
        "zh": ("找不到文件", "放入该文件，或检查 --data 和 --town"),
        "en": ("the file is missing", "put it there, or check --data and --town"),
    },
    "encoding": {
        "zh": ("文件编码不是UTF-8或GB18030", "用 Excel 或 WPS 另存为“CSV UTF-8”"),
        "en": ("the file is neither UTF-8 nor GB18030", "save it as 'CSV UTF-8'"),
    },
    "toml": {
        "zh": ("文件不能读取：{why}", "按该位置改正"),
        "en": ("the file cannot be read: {why}", "mend it at that place"),
    },
    "column_missing": {
        "zh": ("缺少列“{column}”", "在表头加上该列"),
        "en": ("the column '{column}' is missing", "add it to the header"),
    },
    "column_unknown": {
        "zh": ("不认识的列“{column}”{near}", "改正列名，或删去该列"),
        "en": ("unknown column '{column}'{near}", "correct its name, or remove it"),
    },
    "column_twice": {
        "zh": ("列“{column}”出现两次", "删去其中一列"),
        "en": ("the column '{column}' stands twice", "remove one"),
    },
    "cells": {
        "zh": ("本行的单元格比表头多", "检查多出的逗号或单元格"),
        "en": ("the row has more cells than the header", "look for a stray comma or cell"),
    },
    "required": {
        "zh": ("不能为空", "填写该单元格"),
        "en": ("must not be empty", "fill the cell"),
    },
    "choice": {
        "zh": ("只能是：{allowed}{near}", "改为其中之一"),
        "en": ("must be one of: {allowed}{near}", "use one of them"),
    },
    "indicator_unknown": {
        "zh": ("指标目录中没有该指标{near}", "改正指标，或先在 catalogue.csv 中登记"),
        "en": (
            "no such indicator in the catalogue{near}",
            "correct it, or enter it in catalogue.csv",
        ),
    },
    "indicator_derived": {
        "zh": ("该指标由公式计算，不能填报", "删去本行，或改填它的基础指标"),
        "en": ("this indicator is computed", "remove the row, or state what it is computed from"),
    },
    "id_twice": {
        "zh": ("“{value}”重复登记（首见{first}）", "删去或改名"),
        "en": ("'{value}' is entered twice (first in {first})", "remove or rename it"),
    },
    "id": {
        "zh": ("不能作代码", "用小写英文字母和下划线，以点分段，不用数字和Python保留字"),
        "en": ("cannot be an id", "use small letters and _, parts joined by dots, no keywords"),
    },
    "name_digit": {
        "zh": ("名称中不能有数字", "改名；含数字的专名在 declared.csv 中登记"),
        "en": ("a name must hold no digit", "rename it; names with digits go into declared.csv"),
    },
    "wording": {
        "zh": (
            "不是“数字加计量单位”的写法{near}",
            "照原文写法填写，如 398户、7千余亩；必要时另填“读作”，或另填“计量单位”",
        ),
        "en": (
            "is no number with its unit{near}",
            "write it as the source does, or fill 'read_as', or put the unit into 'unit'",
        ),
    },
    "negative": {
        "zh": ("该计量单位的数不能为负", "核对；变动数用“%”或“百分点”，如 下降3.1%"),
        "en": ("cannot be negative in this unit", "check it; a change is written in % or points"),
    },
    "unit_two": {
        "zh": ("数值自带的单位与“计量单位”列的“{other}”不一致", "只写一处，或改为一致"),
        "en": ("has a unit other than '{other}' in the column of units", "write one of the two"),
    },
    "change_word": {
        "zh": ("“{word}”说的是变动，不是“{name}”本身的数", "填该指标的数，或改填增速一类的指标"),
        "en": (
            "'{word}' states a change, not the figure '{name}' itself",
            "state the figure, or enter it under an indicator of growth",
        ),
    },
    "cell_formula": {
        "zh": ("公式没有算出的值", "在 Excel 或 WPS 中打开并保存，或改填数值"),
        "en": (
            "is a formula without a computed value",
            "open and save it in Excel, or type the value",
        ),
    },
    "cell_error": {
        "zh": ("单元格是错误值", "改正公式，或改填数值"),
        "en": ("is an error value", "correct the formula, or type the value"),
    },
    "cell_boolean": {
        "zh": ("是逻辑值，不是文字或数", "改填文字或数"),
        "en": ("is a truth value, neither text nor number", "type a text or a number"),
    },
    "cell_date": {
        "zh": ("是日期格式，不能确定原意", "把单元格设为“文本”后重新填写；时期写作 2020-03"),
        "en": (
            "is formatted as a date, and what was meant is uncertain",
            "format the cell as text and type it again; write a period as 2020-03",
        ),
    },
    "cell_digits": {
        "zh": ("位数超过电子表格能准确保存的15位，或是算出的数", "改填来源所写的数，或设为“文本”"),
        "en": (
            "has more digits than the 15 that a spreadsheet keeps, or was computed",
            "type the number of the source, or format the cell as text",
        ),
    },
    "cell_scale": {
        "zh": ("数字格式把数缩小后显示，所见与所存不同", "改为“常规”格式，并写明计量单位"),
        "en": (
            "is shown divided by its number format: what is seen is not what is stored",
            "use the format 'General', and state the unit",
        ),
    },
    "cell_shown": {
        "zh": ("单元格显示的小数位少于所存的数，按所存的数读取", "核对；需要时改数字格式或改数"),
        "en": (
            "holds more decimals than are shown; it is read as stored",
            "check it; change the format or the number if need be",
        ),
    },
    "merged": {
        "zh": ("表内有合并的单元格", "取消合并，每行每列分别填写"),
        "en": ("cells of the table are merged", "unmerge them, and fill each"),
    },
    "row_hidden": {
        "zh": ("隐藏的行中有内容（第{rows}行）", "取消隐藏或筛选，或删去这些行"),
        "en": ("hidden rows are filled (rows {rows})", "show them, or remove them"),
    },
    "column_hidden": {
        "zh": ("隐藏的列“{column}”中有内容", "取消隐藏，或清空该列"),
        "en": ("the hidden column '{column}' is filled", "show it, or empty it"),
    },
    "sheet_hidden": {
        "zh": ("工作表是隐藏的，没有读取", "取消隐藏，或删去该工作表"),
        "en": ("the sheet is hidden, and was not read", "show it, or remove it"),
    },
    "sheet_unknown": {
        "zh": ("工作表不是任何一张数据表，没有读取{near}", "改正工作表名称；不是数据的可以不管"),
        "en": (
            "the sheet is no table, and was not read{near}",
            "correct its name, if it holds data",
        ),
    },
    "book_without_table": {
        "zh": ("工作簿中没有一张数据表", "把工作表命名为“观测值”“目标任务”等"),
        "en": ("no sheet of the workbook is a table", "name a sheet 'observations', 'targets' …"),
    },
    "about_missing": {
        "zh": (
            "有的行没有写来源，而工作簿没有“说明”表",
            "加一张“说明”表，写明材料名称、提供单位、报出日期；或填写“来源”和“位置”",
        ),
        "en": (
            "rows name no source, and the workbook has no sheet 'about'",
            "add it with title_zh, publisher_zh and date; or fill 'source' and 'start'",
        ),
    },
    "about_field": {
        "zh": ("“说明”表没有写“{field}”", "在第一列写该项名称，第二列写内容"),
        "en": ("the sheet 'about' lacks '{field}'", "write the name, and what it is beside it"),
    },
    "file_kind": {
        "zh": ("不读取这种文件", "用 Excel 或 WPS 另存为 .xlsx，并移走原文件"),
        "en": ("files of this kind are not read", "save it as .xlsx, and take this one away"),
    },
    "file_unknown": {
        "zh": ("文件不是任何一张数据表，没有读取{near}", "改正文件名"),
        "en": ("the file is no table, and was not read{near}", "correct its name"),
    },
    "file_empty": {
        "zh": ("没有内容", "填写表头和数据，或删去"),
        "en": ("there is nothing in it", "fill in the header and the rows, or remove it"),
    },
    "file_large": {
        "zh": ("文件过大", "检查是否放错了文件"),
        "en": ("the file is too large", "check that it is the right one"),
    },
    "text_is_book": {
        "zh": ("是工作簿，不是CSV文件", "把扩展名改为 .xlsx，或另存为“CSV UTF-8”"),
        "en": ("is a workbook, not a CSV file", "name it .xlsx, or save it as 'CSV UTF-8'"),
    },
    "control": {
        "zh": ("含有控制字符", "删去该字符，或从原表重新另存为“CSV UTF-8”"),
        "en": ("holds a control character", "remove it, or save the table again as 'CSV UTF-8'"),
    },
    "encoding_other": {
        "zh": ("按此编码读取：{value}", "核对汉字是否正确；另存为“CSV UTF-8”后不再提示"),
        "en": ("was read as {value}", "check the characters; save it as 'CSV UTF-8' for good"),
    },
    "separator": {
        "zh": ("按此分隔符读取：{value}", "核对各列是否正确；另存为“CSV UTF-8”后不再提示"),
        "en": (
            "was read as divided by {value}",
            "check the columns; save it as 'CSV UTF-8' for good",
        ),
    },
    "separator_wide": {
        "zh": ("各列以全角符号{value}分隔", "改用半角逗号，或另存为“CSV UTF-8”"),
        "en": ("the columns are divided by the full-width {value}", "use a comma"),
    },
    "quote": {
        "zh": ("引号没有成对", "补上或删去本行起的引号，单元格内的引号写两个"),
        "en": ("a quotation mark is not closed", "close it, and double quotes within a cell"),
    },
    "header_missing": {
        "zh": ("找不到表头", "第一行写列名，如 指标、时期、原文写法"),
        "en": ("there is no header", "name the columns in the first row: indicator, time_period …"),
    },
    "rows_above": {
        "zh": ("表头上方的行没有读取（第{rows}行）", "不是数据的可以不管"),
        "en": ("rows above the header were not read (rows {rows})", "nothing, if they are no data"),
    },
    "header_twice": {
        "zh": ("表头出现两次", "删去本行"),
        "en": ("the header stands twice", "remove this row"),
    },
    "total_row": {
        "zh": ("是合计行，没有读取", "合计由程序计算；确为一个指标的，写明指标名称"),
        "en": ("is a row of totals, and was not read", "totals are computed; name the indicator"),
    },
    "note_row": {
        "zh": ("是表下的说明，没有读取", "不是数据的可以不管"),
        "en": ("is a note to the table, and was not read", "nothing, if it is no data"),
    },
    "not_filled": {
        "zh": (
            "有 {count} 行没有填数值，没有读取",
            "来源没有的写“/”，无此项的写“—”；不用的行可以删去",
        ),
        "en": (
            "rows without a value were not read: {count}",
            "write / for not reported, a dash for not applicable; or remove them",
        ),
    },
    "many": {
        "zh": ("错误过多，本行以下没有读取", "先改正以上各处，再审核一次"),
        "en": ("too many faults: the rest was not read", "mend those above, and check again"),
    },
    "unit": {
        "zh": ("计量单位与指标目录不符（目录为“{expected}”）", "核对数值的单位，或改指标目录"),
        "en": ("is in another unit than the catalogue's '{expected}'", "check the unit"),
    },
    "unit_unknown": {
        "zh": ("不认识的计量单位", "改正单位，或在 units.csv 中登记"),
        "en": ("unknown unit of measure", "correct it, or enter it in units.csv"),
    },
    "period": {
        "zh": ("不是有效的时期", "写作 2019、2020-03 或 2020-01/2020-03"),
        "en": ("is no period", "write 2019, 2020-03 or 2020-01/2020-03"),
    },
    "date": {
        "zh": ("不是有效的日期", "写作 2020-03-16"),
        "en": ("is no date", "write 2020-03-16"),
    },
    "month": {
        "zh": ("不是有效的月份", "写作 2020-03"),
        "en": ("is no month", "write 2020-03"),
    },
    "score": {
        "zh": ("不是有效的得分", "写整数或一位小数，如 95.5；没有检查的不填行"),
        "en": (
            "is no score",
            "write a whole number or one decimal, such as 95.5; enter no row for what was not inspected",
        ),
    },
    "count": {
        "zh": ("不是有效的计数", "写不小于0的整数，如 120；没有填报的不填行"),
        "en": (
            "is no count",
            "write a whole number from 0, such as 120; enter no row for a day without a report",
        ),
    },
    "row_twice": {
        "zh": ("与{first}重复（{key}相同）", "核对后删去其中一行"),
        "en": ("repeats {first} (the same {key})", "check both, and remove one"),
    },
    "village_unknown": {
        "zh": ("名单中没有该村（社区）{near}", "改正名称，或先列入名单"),
        "en": ("no such village on the list{near}", "correct the name, or add it to the list"),
    },
    "returned_above": {
        "zh": ("劝返数大于检测数（{checked}）", "核对两个数"),
        "en": ("more were turned back than checked ({checked})", "check both numbers"),
    },
    "closed_missing": {
        "zh": ("已解除的须有解除日期", "填写解除日期，或改正跟踪状态"),
        "en": ("a released arrival needs its date of release", "fill it, or correct the state"),
    },
    "closed_open": {
        "zh": ("没有解除，却有解除日期", "改正跟踪状态，或删去解除日期"),
        "en": (
            "has a date of release but is not released",
            "correct the state, or remove the date",
        ),
    },
    "closed_before": {
        "zh": ("解除日期早于到达日期", "核对两个日期"),
        "en": ("the release is before the arrival", "check both dates"),
    },
    "release": {
        "zh": ("不是有效的年份", "写作四位数字，如 2019"),
        "en": ("is no year", "write four digits, such as 2019"),
    },
    "start": {
        "zh": ("不是有效的位置", "写原文中的字符序号（从0起）"),
        "en": ("is no character offset", "write the 0-based offset in the document"),
    },
    "source_unknown": {
        "zh": ("来源表中没有该来源{near}", "改正，或在 sources.csv 中登记"),
        "en": ("no such source{near}", "correct it, or enter it in sources.csv"),
    },
    "town_name": {
        "zh": ("“{value}”不能作镇的文件夹名", "只用汉字、字母、数字、下划线和连字符"),
        "en": ("'{value}' cannot be a town's folder name", "use letters, digits, _ and - alone"),
    },
    "not_empty": {
        "zh": ("文件夹不是空的", "换一个新文件夹"),
        "en": ("the folder is not empty", "name a new one"),
    },
    "exists": {
        "zh": ("文件已存在，不覆盖", "先移走或改名"),
        "en": ("the file exists and is not written over", "move or rename it first"),
    },
    "year_stated": {
        "zh": ("{value}年已有数据", "改年份；要改已有的数，直接在原来的表中改"),
        "en": (
            "there are data of {value} already",
            "name another year, or mend the tables there are",
        ),
    },
    "which_town": {
        "zh": ("有多个镇：{known}", "用 --town 指明"),
        "en": ("there are several towns: {known}", "say which with --town"),
    },
    "magnitude": {
        "zh": ("与上年（{before}）相差一个数量级以上", "核对单位和小数点；属实的，在备注列说明"),
        "en": (
            "is a magnitude away from the year before ({before})",
            "check unit and decimal point; if it is right, say why in the note",
        ),
    },
    "unit_changed": {
        "zh": ("单位为“{unit}”，上年为“{last}”（{before}）", "核对单位；属实的，在备注列说明"),
        "en": (
            "is in '{unit}', last year in '{last}' ({before})",
            "check the unit; if it is right, say why in the note",
        ),
    },
    "above_all": {
        "zh": ("比重或比率高于100%", "核对分子、分母和小数点；属实的，在备注列说明"),
        "en": (
            "a share or rate above 100%",
            "check numerator, denominator and decimal point; if it is right, say why in the note",
        ),
    },
    "shares_open": {
        "zh": ("“{name}”各项比重合计为{total}%，不等于100%", "核对各项比重"),
        "en": ("the shares of '{name}' add up to {total}%, not 100%", "check each share"),
    },
    "section_unknown": {
        "zh": (
            "该镇的报告没有“{value}”部分（有：{known}）",
            "改正 --section，或在 town.toml 的 sections 中列入",
        ),
        "en": (
            "the town's report has no section '{value}' (it has: {known})",
            "correct --section, or name it in town.toml",
        ),
    },
    "sha256": {
        "zh": ("不是SHA-256（64位十六进制）", "重新计算文件的SHA-256"),
        "en": ("is no SHA-256", "compute the file's SHA-256 again"),
    },
    "place_twice": {
        "zh": ("原文同一处登记了两次（首见{first}）", "删去其中一行"),
        "en": (
            "the same place of the source is entered twice (first in {first})",
            "remove one",
        ),
    },
    "contradiction": {
        "zh": ("与{first}的“{other}”不一致", "核对原文，两处须一致；确有出入的列入待核实事项"),
        "en": ("contradicts '{other}' in {first}", "check the source; both places must agree"),
    },
    "formula": {
        "zh": ("公式不能识别：{part}", "只能用指标、数、加减乘除、括号和登记的统计函数"),
        "en": ("cannot be read: {part}", "use ids, numbers, + - * /, brackets and the measures"),
    },
    "formula_unknown": {
        "zh": ("公式中的指标“{part}”不在目录中{near}", "改正公式"),
        "en": ("names an indicator that is not in the catalogue: '{part}'{near}", "correct it"),
    },
    "formula_circle": {
        "zh": ("公式循环引用：{part}", "改正公式"),
        "en": ("the formula depends on itself: {part}", "correct it"),
    },
    "formula_unit": {
        "zh": ("公式的计量单位不成立：{part}", "检查公式或计量单位"),
        "en": ("the units do not fit: {part}", "check formula and unit"),
    },
    "formula_number": {
        "zh": ("公式中直接写了数（{part}）", "数须来自来源：先登记为指标，再引用"),
        "en": ("a number is typed into the formula ({part})", "enter it as an indicator first"),
    },
    "refused": {
        "zh": ("来源资料不支持这样计算：{why}", "删去该派生指标；依据见 refused.csv"),
        "en": ("the source does not license this: {why}", "remove it; see refused.csv"),
    },
    "query": {
        "zh": ("计数条件不能识别", "写作 本年=完成 或 本年=启动 下年=*"),
        "en": ("is no condition", "write 本年=完成 or 本年=启动 下年=*"),
    },
    "check_fails": {
        "zh": ("审核不通过：{name}（{values}）", "核对这些数值；审核条件见 checks.csv 的“{value}”"),
        "en": ("the check fails: {name} ({values})", "check these figures; the rule is '{value}'"),
    },
    "check_wants_reason": {
        "zh": (
            "核实性审核未满足：{name}（{values}）",
            "核对，或在 checks.csv 的“{value}”写明情况说明",
        ),
        "en": ("wants an explanation: {name} ({values})", "check, or explain it in '{value}'"),
    },
    "placeholder": {
        "zh": ("没有名为“{value}”的指标{near}", "改正占位符"),
        "en": ("no figure is called '{value}'{near}", "correct the placeholder"),
    },
    "figure_unknown": {
        "zh": ("没有名为“{value}”的指标{near}", "用 xushi-stats list 查看全部代码和名称"),
        "en": ("no figure is called '{value}'{near}", "xushi-stats list shows all ids and names"),
    },
    "digit_in_text": {
        "zh": ("正文中直接写了数字（“{near}”）", "改用占位符；日期和专名须先声明"),
        "en": (
            "a digit is typed into the text ('{near}')",
            "use a placeholder, or declare the name",
        ),
    },
    "number_in_words": {
        "zh": (
            "正文中用文字写了数（“{near}”）",
            "改用占位符；固定提法和专名先在 declared.csv 中声明",
        ),
        "en": (
            "a number is typed in words ('{near}')",
            "use a placeholder, or declare the phrase in declared.csv",
        ),
    },
    "misnamed": {
        "zh": (
            "“{words}”更符合“{fits}”，此处引用的是“{own}”（{around}）",
            "改正占位符或文字；确指该指标的，在 catalogue.csv 的“别名”列登记这一叫法",
        ),
        "en": (
            "'{words}' fits '{fits}' better, but the figure here is '{own}' ({around})",
            "correct the placeholder or the words; if they do mean it, enter them as its alias in catalogue.csv",
        ),
    },
    "unnamed": {
        "zh": (
            "此处文字没有“{own}”的任何字样{near}（{around}）",
            "改正占位符或文字；确指该指标的，在 catalogue.csv 的“别名”列登记这一叫法",
        ),
        "en": (
            "no word here is of the name '{own}'{near} ({around})",
            "correct the placeholder or the words; if they do mean it, enter them as its alias in catalogue.csv",
        ),
    },
    "qualifier_exact": {
        "zh": ("“{words}”与“{own}”不符：该数为{true}，不是概数或界限（{around}）", "删去该词"),
        "en": (
            "'{words}' does not agree with '{own}', which is exactly {true} ({around})",
            "remove it",
        ),
    },
    "qualifier_twice": {
        "zh": (
            "“{words}”多余或不符：“{own}”印出为{true}（{around}）",
            "删去该词，占位符已带概数词",
        ),
        "en": (
            "'{words}' repeats or contradicts '{own}', which prints {true} ({around})",
            "remove it; the placeholder prints its own qualifier",
        ),
    },
    "unit_twice": {
        "zh": ("“{own}”印出为{true}，其后又写“{words}”（{around}）", "删去该单位，或改正占位符"),
        "en": (
            "'{own}' prints {true}, and '{words}' follows ({around})",
            "remove the unit, or correct the placeholder",
        ),
    },
    "unit_other": {
        "zh": ("“{words}”后面应是另一种单位，“{own}”印出为{true}（{around}）", "改正占位符或文字"),
        "en": (
            "'{words}' wants another unit, but '{own}' prints {true} ({around})",
            "correct the placeholder or the words",
        ),
    },
    "unit_head": {
        "zh": (
            "表头单位为“{words}”，“{own}”的单位是“{true}”（{around}）",
            "改正表头，或改正所引指标",
        ),
        "en": (
            "the head says '{words}', but the unit of '{own}' is '{true}' ({around})",
            "correct the head, or the figure",
        ),
    },
    "time_other": {
        "zh": ("“{words}”与“{own}”的时期不符，该数为{true}（{around}）", "改正时间，或改正占位符"),
        "en": (
            "'{words}' is not the time of '{own}', which is {true} ({around})",
            "correct the time, or the placeholder",
        ),
    },
    "time_whole": {
        "zh": (
            "“{words}”指全年，“{own}”是{true}的时点数（{around}）",
            "写明时点，不写作当年完成数",
        ),
        "en": (
            "'{words}' speaks of a whole year, but '{own}' is a count as of {true} ({around})",
            "state the date; a count at a date is not the year's result",
        ),
    },
    "rounding": {
        "zh": ("印出的数不能直接加总：{name}", "已加注说明；如需可多留一位小数"),
        "en": (
            "printed figures do not add up: {name}",
            "a note says so; one more decimal may help",
        ),
    },
    "orphan": {
        "zh": ("{what}", "数须来自台账：改用占位符，或先登记为指标"),
        "en": ("{what}", "every number must come from the ledger"),
    },
    "cell": {
        "zh": ("笔记本单元格运行出错：{why}", "在 JupyterLab 中打开该笔记本检查"),
        "en": ("a notebook cell failed: {why}", "open the notebook in JupyterLab"),
    },
    "layout": {
        "zh": ("不能排版：{why}", "检查所指的文字，例如字体中没有的生僻字"),
        "en": (
            "the page cannot be set: {why}",
            "look at the text it names, such as a rare character",
        ),
    },
    "house_rule": {
        "zh": ("第{page}页“{value}”不合写法：{rule}", "改写该句"),
        "en": ("page {page}, '{value}' breaks the rule {rule}", "reword it"),
    },
    "empty_cell": {
        "zh": ("表“{value}”有空单元格", "无数据写“—”，零写0"),
        "en": ("the table '{value}' has an empty cell", "write a dash for none, 0 for zero"),
    },
    "document_encoding": {
        "zh": ("文件不是UTF-8文本", "把来源文件另存为UTF-8纯文本"),
        "en": ("the file is not UTF-8 text", "save the document as plain text in UTF-8"),
    },
    "no_pdf": {
        "zh": ("不是PDF文件，或已损坏", "检查文件"),
        "en": ("is no PDF, or is damaged", "check the file"),
    },
    "ledger_unreadable": {
        "zh": ("不是本程序写出的 ledger.json", "用 --ledger 指明同一次生成的台账"),
        "en": ("is no ledger.json of this program", "name the ledger of its build with --ledger"),
    },
    "ledger_of_other_data": {
        "zh": ("台账出自另一份数据（现有数据{expected}…，台账{found}…）", "用生成时的数据核验"),
        "en": ("was made from other data ({found}…, not {expected}…)", "audit with its own data"),
    },
    "use_not_in_ledger": {
        "zh": ("台账没有登记“{value}”用于{place}", "重新生成"),
        "en": ("does not say that '{value}' is used in {place}", "build again"),
    },
    "source_unnamed": {
        "zh": ("不能确定是哪一份来源文件（已登记：{known}）", "用 --id 指明"),
        "en": ("which source is it? (registered: {known})", "name it with --id"),
    },
    "document_changed": {
        "zh": (
            "与登记的来源文件不同（SHA-256登记为{expected}…，实为{found}…）",
            "核对是否取错文件；确为新文本的，在 sources.csv 中另行登记",
        ),
        "en": (
            "is not the registered document (SHA-256 on file {expected}…, found {found}…)",
            "check that it is the right file; enter a new text in sources.csv",
        ),
    },
    "unaccounted": {
        "zh": (
            "“{value}”没有登记（字符位置{start}，上下文“{around}”）",
            "登记为观测数、目标、办法或提法，或在 exclusions.csv 中写明不作指标的理由",
        ),
        "en": (
            "'{value}' is not accounted for (offset {start}, in '{around}')",
            "enter it as an observation, target, rule or quote, or in exclusions.csv with a reason",
        ),
    },
    "not_there": {
        "zh": ("原文该处没有“{wording}”，写的是“{found}”", "照原文改正写法或位置"),
        "en": ("the document has '{found}' there, not '{wording}'", "correct wording or offset"),
    },
    "stands_elsewhere": {
        "zh": (
            "原文该处没有“{wording}”，写的是“{found}”；该写法在字符位置{place}",
            "核对后改正位置",
        ),
        "en": (
            "the document has '{found}' there; '{wording}' stands at offset {place}",
            "check it and correct the offset",
        ),
    },
    "reanchored": {
        "zh": ("原文有改动，“{wording}”现在字符位置{place}", "核对后改正位置"),
        "en": ("the document has changed: '{wording}' is now at {place}", "check and correct it"),
    },
    "partial": {
        "zh": ("原文该处的写法是“{whole}”，本行没有写全", "照原文写全，包括约、余、左右等"),
        "en": ("the document writes '{whole}' there, of which this is a part", "write it in full"),
    },
    "misread": {
        "zh": ("与原文“{wording}”不是同一个数", "改正读作"),
        "en": ("is not the number that '{wording}' states", "correct it"),
    },
    "observed_wide": {
        "zh": ("一行登记了原文中不止一个数", "一处一行，分别登记"),
        "en": ("holds more than one number of the document", "one number a row"),
    },
    "excluded_twice": {
        "zh": ("重复除外（首见{first}）", "删去其中一行"),
        "en": ("is excluded twice (first in {first})", "remove one"),
    },
    "excluded_observed": {
        "zh": ("已在 observations.csv {first}登记为指标数值，不能又除外", "删去其中一行"),
        "en": ("is an observation too (observations.csv, {first})", "remove one of them"),
    },
    "excluded_figure": {
        "zh": ("“{wording}”是带计量单位的数，不能按此理由除外", "登记为指标数值，或改正理由"),
        "en": ("'{wording}' is a number with its unit, no such thing", "enter it as a figure"),
    },
    "excluded_nothing": {
        "zh": ("其中没有数字写法", "删去本行"),
        "en": ("holds no number", "remove the row"),
    },
    "excluded_wide": {
        "zh": ("除外的文字过宽，可能遮住指标数值", "只写数字及紧连的词，一行一处"),
        "en": ("is so wide that a figure could hide in it", "keep to the number and its word"),
    },
    "no_release": {
        "zh": (
            "“{value}”还没有填报任何数据",
            "先用 xushi-stats new-year 年份 生成填报表，在“观测值”表填好后再运行",
        ),
        "en": (
            "nothing has been entered for '{value}' yet",
            "make the workbook with xushi-stats new-year YEAR, fill in its sheet 观测值, and try again",
        ),
    },
    "nothing": {
        "zh": ("{release}年没有任何数据（已有：{known}）", "检查 --year，或填写 observations.csv"),
        "en": ("nothing is stated for {release} (there is: {known})", "check --year"),
    },
    "compare_input": {
        "zh": (
            "不是可以比较的资料",
            "给出成果文件夹（内有 ledger.json）、附有数据的PDF，或数据文件夹（内有 catalogue.csv）",
        ),
        "en": (
            "this is nothing that can be compared",
            "name a bundle (with ledger.json), a PDF with its evidence, or a data folder (with catalogue.csv)",
        ),
    },
    "compare_evidence": {
        "zh": ("该PDF没有附带台账", "改用成果文件夹、数据文件夹，或附有数据的PDF"),
        "en": ("the PDF carries no ledger", "take the bundle, the data folder, or a PDF that does"),
    },
    "compare_unreadable": {
        "zh": ("文件不能读取：{why}", "换一份完好的文件"),
        "en": ("the file cannot be read: {why}", "take one that is whole"),
    },
    "compare_town": {
        "zh": ("两份资料不是同一个镇：{old}、{new}", "比较同一个镇的资料，或检查 --town"),
        "en": ("these are two towns, {old} and {new}", "compare one town, or check --town"),
    },
    "compare_year": {
        "zh": ("两份资料不是同一年度：{old}、{new}", "比较同一年度的资料，或检查 --year"),
        "en": ("these are two years, {old} and {new}", "compare one year, or check --year"),
    },
    "compare_langs": {
        "zh": ("两份PDF的语言不同", "比较同一种语言的PDF"),
        "en": ("the two PDFs have no language in common", "compare PDFs of one language"),
    },
    "compare_public": {
        "zh": ("公开版不含全部数据，不能据以登记修改", "改用内部版PDF、成果文件夹或数据文件夹"),
        "en": (
            "a public edition does not hold all data",
            "take the internal PDF, a bundle or a data folder",
        ),
    },
    "kind_open": {
        "zh": ("“{name}”的改动是更正还是修订，由数据性质不能断定", "用 --kind 写明"),
        "en": (
            "whether the change of '{name}' is a correction or a revision does not follow from its status",
            "say so with --kind",
        ),
    },
    "notice_empty": {
        "zh": ("印出的数没有变动，不需要更正或修订说明", "不写 --notice"),
        "en": (
            "no printed number has changed, so there is nothing to give notice of",
            "leave --notice out",
        ),
    },
    "day": {
        "zh": ("“{value}”不是日期", "写作 2020-03-16"),
        "en": ("'{value}' is no date", "write it 2020-03-16"),
    },
    "blank": {
        "zh": ("{column} 不能为空", "写明内容"),
        "en": ("{column} must not be empty", "fill it in"),
    },
    "chain_before": {
        "zh": (
            "修改记录的链在本行前断开：有行被删除、插入或调换",
            "取回原来的 changes.csv；该文件只由 xushi-stats record 写入",
        ),
        "en": (
            "the chain of the change log is broken before this row: rows were removed, added or moved",
            "bring back the changes.csv that was; only xushi-stats record writes it",
        ),
    },
    "chain_row": {
        "zh": (
            "修改记录的本行被改动过",
            "取回原来的 changes.csv；该文件只由 xushi-stats record 写入",
        ),
        "en": (
            "this row of the change log was altered",
            "bring back the changes.csv that was; only xushi-stats record writes it",
        ),
    },
    "workbook": {
        "zh": ("不能作为工作簿读取：{why}", "用 Excel 或 WPS 另存为 .xlsx；抽查表不要改动表头"),
        "en": (
            "cannot be read as a workbook: {why}",
            "save it as .xlsx, and leave the heads of the sheet as they are",
        ),
    },
    "sample_row": {
        "zh": ("与按种子从当前数据抽取的不同", "用抽取时的数据读取；表中的行和台账数不要增删改动"),
        "en": (
            "is not what the seed draws from these data",
            "read it with the data it was drawn from; change no row and no number of the ledger",
        ),
    },
    "sample_number": {
        "zh": ("不是数，或计量单位不符", "填写数字，如 398；没有查的留空"),
        "en": ("is no number, or in another unit", "write a number such as 398, or leave it empty"),
    },
    "marked_inside": {
        "zh": ("该文件夹在数据文件夹之内", "把副本写到数据文件夹之外"),
        "en": ("lies within the data folder", "write the copies elsewhere"),
    },
    "locked": {
        "zh": ("文件正被其他程序打开，不能写入", "关闭该文件后重试"),
        "en": ("the file is open in another program", "close it and try again"),
    },
    "disclosure_cell_twice": {
        "zh": ("单元格“{value}”出现两次", "每个单元格只列一次；几张表共用的，用同一名称"),
        "en": ("the cell '{value}' stands twice", "enter it once, under one id in all tables"),
    },
    "disclosure_negative": {
        "zh": ("单元格“{value}”是负数", "计数不能小于0，检查汇总条件"),
        "en": ("the cell '{value}' is negative", "a count is at least 0; check its query"),
    },
    "disclosure_fixed": {
        "zh": ("单元格“{value}”既标为已公布，又标为以前隐去", "按以前公布的情况保留其一"),
        "en": (
            "the cell '{value}' is marked both as published and as hidden before",
            "keep the mark that is true of the earlier publication",
        ),
    },
    "disclosure_cell_unknown": {
        "zh": ("合计关系或派生数用到表中没有的单元格“{value}”", "改正名称，或补上该单元格"),
        "en": (
            "a sum or a derived figure names a cell that is not in the table: '{value}'",
            "correct it, or add it",
        ),
    },
    "disclosure_sums": {
        "zh": ("“{value}”与其各项之和不一致", "核对登记册和汇总条件，合计须等于各项之和"),
        "en": ("'{value}' is not the sum of its parts", "check the register and the queries"),
    },
    "disclosure_contradiction": {
        "zh": ("表中数字互相矛盾", "核对缺数的单元格所在的行、列和合计"),
        "en": (
            "the numbers of the table contradict each other",
            "check the rows, columns and totals that have a missing number",
        ),
    },
    "disclosure_equations": {
        "zh": (
            "隐去的“{value}”可由公布的合计推算出来",
            "并入其他类别，或少公布一项合计；已公布的不能再隐去",
        ),
        "en": (
            "the hidden '{value}' follows from the printed sums",
            "merge it with another group, or publish one total less",
        ),
    },
    "disclosure_one": {
        "zh": (
            "隐去的“{value}”只可能是一个数（计数为不小于0的整数）",
            "并入其他类别，或少公布一项合计；已公布的不能再隐去",
        ),
        "en": (
            "the hidden '{value}' can be one whole number only, as counts are not below zero",
            "merge it with another group, or publish one total less",
        ),
    },
    "disclosure_narrow": {
        "zh": (
            "隐去的“{value}”可推算的范围太窄",
            "并入其他类别，或少公布一项合计；范围要求见 disclosure.width",
        ),
        "en": (
            "the hidden '{value}' can be narrowed down too far",
            "merge it with another group, or publish one total less; see disclosure.width",
        ),
    },
    "disclosure_unproved": {
        "zh": (
            "不能证明隐去的“{value}”推算不出来（合计关系过于复杂）",
            "拆成较小的表，或少公布一项合计",
        ),
        "en": (
            "it could not be proved that the hidden '{value}' cannot be worked out",
            "split the table, or publish one total less",
        ),
    },
    "disclosure_small": {
        "zh": ("“{value}”的{member}小于最小户数", "不公布该数，或并入其他类别"),
        "en": (
            "{member} of '{value}' is below the threshold",
            "leave it out, or merge groups",
        ),
    },
    "disclosure_figure_solves": {
        "zh": ("公布“{value}”会使隐去的“{cell}”可以推算", "不公布该数"),
        "en": ("'{value}' would give the hidden '{cell}' away", "leave it out"),
    },
    "disclosure_figure_narrows": {
        "zh": ("“{value}”用到隐去的数，公布它会缩小其可能的范围", "不公布该数"),
        "en": ("'{value}' would narrow down what a hidden number can be", "leave it out"),
    },
    "not_synthetic": {
        "zh": ("没有标明是合成数据，不在此写入", "用 --out 另指定一个空文件夹"),
        "en": (
            "is not marked synthetic; nothing is written there",
            "name an empty folder with --out",
        ),
    },
    "rule_unknown": {
        "zh": ("没有名为“{key}”的规则参数{near}", "改正参数名，或删去该行"),
        "en": ("there is no rule parameter '{key}'{near}", "correct its name, or remove it"),
    },
    "rule_missing": {
        "zh": ("缺少规则参数“{key}”", '填写该参数；尚未确定的写 "open:待核实事项代码"'),
        "en": (
            "the rule parameter '{key}' is missing",
            'set it, or write "open:<query id>" where it is not settled',
        ),
    },
    "rule_value": {
        "zh": (
            "规则参数“{key}”的值不合要求：{why}",
            '按要求改写；尚未确定的写 "open:待核实事项代码"',
        ),
        "en": (
            "the rule parameter '{key}' cannot have this value: {why}",
            'correct it, or write "open:<query id>" where it is not settled',
        ),
    },
    "rule_conflict": {
        "zh": ("规则参数“{key}”与“{other}”不相符：{why}", "改正其中一项"),
        "en": ("the rule parameter '{key}' does not go with '{other}': {why}", "correct one"),
    },
    "person_unknown": {
        "zh": (
            "登记表中没有该编号，或{year}年不在任",
            "填人员编号（不是姓名），或用 --year 指定年份",
        ),
        "en": (
            "no such id in the register, or not in post in {year}",
            "give a person id, not a name, or another --year",
        ),
    },
    "synthetic_unmarked": {
        "zh": (
            "登记数据为合成数据，{key} 未注明（须含：{words}）",
            "在该行注明；每页都印此行",
        ),
        "en": (
            "the registers are synthetic, and {key} does not say so (one of: {words})",
            "say so in this line, which is printed on every page",
        ),
    },
    "register_header": {
        "zh": ("表头第{position}列不是登记表的列名，或出现两次", "改正列名，或删去该列"),
        "en": (
            "column {position} of the header is no column of this register, or stands twice",
            "correct its name, or remove it",
        ),
    },
    "register_id_twice": {
        "zh": ("编号重复（首见{first}）", "删去重复的一行，或改正编号"),
        "en": ("the id is entered twice (first in {first})", "remove one, or correct the id"),
    },
    "register_points": {
        "zh": ("不是整数", "用半角数字写整数，如 5、-10，不写千位分隔符和小数"),
        "en": (
            "is no whole number",
            "write a whole number in plain digits such as 5 or -10, without separators or decimals",
        ),
    },
    "register_person": {
        "zh": ("人员编号不在 staff.csv 中", "改正编号，或先在 staff.csv 中登记"),
        "en": ("the person is not in staff.csv", "correct the id, or enter the person there first"),
    },
    "register_outside": {
        "zh": ("该日期此人不在任", "核对日期和 staff.csv 中的任职、离任日期"),
        "en": (
            "the person was not in post on that day",
            "check the day and the dates of service in staff.csv",
        ),
    },
    "register_year": {
        "zh": ("日期不在统计年度（{years}）内", "核对日期，或移到该年度的登记表"),
        "en": ("the day is outside the years covered ({years})", "check the day, or move the row"),
    },
    "register_order": {
        "zh": ("离任日期早于任职日期", "核对两个日期"),
        "en": ("the end of service is before its start", "check both days"),
    },
    "register_overlap": {
        "zh": ("与{first}的任职期间重叠", "核对日期；转任的，前一段在转任的前一日结束"),
        "en": (
            "overlaps with the service in {first}",
            "check the days; on a transfer the earlier service ends the day before",
        ),
    },
    "register_domain": {
        "zh": (
            "不是 rules.toml 所列的考核内容（{allowed}）",
            "改为其中之一，或在 rules.toml 中增列",
        ),
        "en": (
            "is none of the fields assessed that rules.toml lists ({allowed})",
            "use one of them, or add it there",
        ),
    },
    "register_both": {
        "zh": ("同一张表既有CSV又有Parquet文件", "只留其中一个"),
        "en": ("the table is there as CSV and as Parquet", "keep one of them"),
    },
    "register_unreadable": {
        "zh": ("文件不能读取，可能已损坏或行列不齐", "用原系统重新导出"),
        "en": ("the file cannot be read; it may be damaged or uneven", "export it again"),
    },
    "register_uneven": {
        "zh": ("本行的单元格数与表头不同（{rows}）", "检查多出或缺少的逗号"),
        "en": ("the row has not as many cells as the header ({rows})", "look for stray commas"),
    },
    "register_type": {
        "zh": ("Parquet列的类型是{stored}，会丢失原值", "导出为以下类型之一：{fitting}"),
        "en": ("stored as {stored}, which loses what was written", "export it as {fitting}"),
    },
    "register_blank": {
        "zh": ("不能为空（{rows}）", "填写该单元格"),
        "en": ("must not be empty ({rows})", "fill the cell"),
    },
    "register_value": {
        "zh": ("不能识别（{rows}）", "应为：{wanted}"),
        "en": ("cannot be read ({rows})", "write {wanted}"),
    },
    "register_twice": {
        "zh": ("重复登记（{rows}）", "每项只留一行"),
        "en": ("entered more than once ({rows})", "keep one row of each"),
    },
    "register_conflict": {
        "zh": ("同一天登记了不同的内容（{rows}）", "核对后只留一行"),
        "en": ("says different things on one day ({rows})", "check, and keep one row"),
    },
    "register_stranger": {
        "zh": ("户编号不在 households 表中（{rows}）", "补登该户，或改正户编号"),
        "en": (
            "the household is not in the table households ({rows})",
            "enter it, or correct the id",
        ),
    },
    "register_before_entry": {
        "zh": ("早于该户建档日期（{rows}）", "核对；补录的可保留"),
        "en": ("is before the household was entered ({rows})", "check; a late entry may stay"),
    },
    "register_after_exit": {
        "zh": ("在该户销户之后（{rows}）", "核对销户日期"),
        "en": ("is after the household left ({rows})", "check the date on which it left"),
    },
    "register_class_early": {
        "zh": ("该监测类别自2021年起才有（{rows}）", "核对日期或状态"),
        "en": ("the class exists only from 2021 ({rows})", "check the date or the status"),
    },
    "register_no_status": {
        "zh": ("该户没有登记任何状态（{rows}）", "在 statuses 表中登记"),
        "en": ("the household has no status ({rows})", "enter it in the table statuses"),
    },
    "register_ends": {
        "zh": ("早于开始日期（{rows}）", "核对两个日期"),
        "en": ("is before the beginning ({rows})", "check both dates"),
    },
    "register_two_places": {
        "zh": ("同一人同时登记在两处（{rows}）", "填写前一行的离户日期"),
        "en": ("a person is entered in two places at once ({rows})", "end the earlier row"),
    },
}
"""Reason code → language → (what is wrong, how to mend it)."""

_JOIN: dict[Lang, dict[str, str]] = {
    "zh": {
        "row": "第{}行",
        "column": "“{}”列",
        "mend": "改法：",
        "near": "，是否为“{}”",
        "error": "错误",
        "warning": "提示",
    },
    "en": {
        "row": "row {}",
        "column": "column '{}'",
        "mend": "Mend: ",
        "near": "; did you mean '{}'?",
        "error": "error",
        "warning": "warning",
    },
}


_OF_THE_WHOLE = ("column_", "merged", "row_hidden", "rows_above", "header_twice", "sheet_", "quote")
"""Starts of the codes that concern a table as a whole, though they stand in a row."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong with the data.

    Attributes:
        code: reason code, a key of ``MESSAGES``.
        file: the file's name as people know it, relative to the data folder.
        row: row as Excel counts it (the header is 1), or None.
        column: header of the column, or "".
        value: the value as read.
        severity: an error stops the build, a warning does not.
        details: what the message names besides; ``near`` is the nearest valid name.
        sheet: of a workbook; "" elsewhere.
        cell: its address within the sheet, such as D7 or B3:B7; "" where it is no cell.
    """

    code: str
    file: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    severity: Severity = "error"
    details: dict[str, str] = field(default_factory=dict)
    sheet: str = ""
    cell: str = ""

    @property
    def is_of_the_whole(self) -> bool:
        """Whether it concerns a file or a sheet as a whole, though it may stand in a row."""
        return self.row is None or self.code.startswith(_OF_THE_WHOLE)

    def text(self, lang: Lang, *, within: bool = False) -> str:
        """The fault on one line: where, the value as read, the rule, how to mend it.

        Args:
            lang: language of the line.
            within: whether file and sheet have been named above, and are left out.
        """
        words = _JOIN[lang]
        place = self.place(lang, within=within)
        rule, mend = self.parts(lang)
        value = f"“{self.value}” " if self.value and "{value}" not in _what(self, lang) else ""
        colon, stop = ("：", "。") if lang == "zh" else (": ", ". ")
        head = f"[{words[self.severity]}] {place}{colon if place else ''}"
        return f"{head}{value}{rule}{stop}{words['mend']}{mend}"

    def place(self, lang: Lang, *, within: bool = False) -> str:
        """Where it is: ``xushi/observations.csv 第7行 “原文写法”列``, ``2020.xlsx · 观测值 · D7``."""
        words = _JOIN[lang]
        where = [] if within or not self.file else [self.file]
        if self.sheet:
            inside = [] if within else [self.sheet]
            row = words["row"].format(self.row) if self.row is not None else ""
            where = [" · ".join(filter(None, (*where, *inside, self.cell or row)))]
        elif self.row is not None:
            where.append(words["row"].format(self.row))
        if self.column and not self.code.startswith("column_"):
            where.append(words["column"].format(self.details.get("header", "") or self.column))
        return " ".join(filter(None, where))

    def parts(self, lang: Lang) -> tuple[str, str]:
        """The rule that is broken, and how to mend it."""
        words = _JOIN[lang]
        what, mend = MESSAGES[self.code][lang]
        near = self.details.get("near", self.details.get(f"near_{lang}", ""))
        if near and "{near}" in what and not what.startswith(("正文", "a digit", "a number")):
            near = words["near"].format(near)
        own = {k.removesuffix(f"_{lang}"): v for k, v in self.details.items()}
        if own.get("first", "").isdecimal():
            own["first"] = words["row"].format(own["first"])
        known = {"column": self.column, "value": self.value, **own, "near": near}
        return what.format(**known), mend.format(**known)


def _what(fault: Fault, lang: Lang) -> str:
    return MESSAGES[fault.code][lang][0]


class DataFaults(Exception):
    """Everything wrong with the data at once.

    Attributes:
        faults: all of them, errors first.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(faults, key=_order)
        super().__init__(f"{len(self.faults)} faults")

    def __reduce__(self) -> tuple[type[DataFaults], tuple[list[Fault]]]:
        return DataFaults, (self.faults,)  # so that it can come back from another process

    def __str__(self) -> str:
        return "\n".join(fault.text("en") for fault in self.faults)


def _order(fault: Fault) -> tuple[bool, str, str, bool, int, int, str, str]:
    is_cell, row = not fault.is_of_the_whole, fault.row or 0
    letters = fault.cell.partition(":")[0].rstrip("0123456789")
    place = (fault.file, fault.sheet, is_cell, row, len(letters), letters, fault.column)
    return (fault.severity == "warning", *place)


def errors(faults: Iterable[Fault]) -> list[Fault]:
    """Those faults that stop a build."""
    return [fault for fault in faults if fault.severity == "error"]
