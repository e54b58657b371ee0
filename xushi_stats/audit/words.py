"""What ``verify`` says, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from xushi_stats.faults import Lang

STATES: dict[str, dict[Lang, str]] = {
    "passed": {"zh": "通过", "en": "passed"},
    "failed": {"zh": "不符", "en": "WRONG"},
    "not_done": {"zh": "未做", "en": "not done"},
}

STEPS: dict[str, dict[Lang, str]] = {
    "attachments": {"zh": "附件与清单", "en": "attachments"},
    "recompile": {"zh": "重新排版比对", "en": "set again"},
    "recompute": {"zh": "派生数复算", "en": "recomputed"},
    "checks": {"zh": "审核关系", "en": "checks"},
    "pages": {"zh": "印出的数与台账", "en": "pages and ledger"},
    "source": {"zh": "来源文件", "en": "source document"},
    "signature": {"zh": "完整性校验（OpenSSH 签名）", "en": "integrity (OpenSSH signature)"},
    "sums": {"zh": "文件清单 SHA256SUMS", "en": "SHA256SUMS"},
}

SENTENCES: dict[str, dict[Lang, str]] = {
    # what was done
    "done_attachments": {
        "zh": "{count}个附件的SHA-256与清单一致",
        "en": "{count} attachments have the SHA-256 of the manifest",
    },
    "done_recompile": {
        "zh": "用附件重新排版，{size}字节全部相同",
        "en": "set again from the attachments: all {size} bytes are the same",
    },
    "done_recompute": {
        "zh": "由观测数独立复算{count}个派生数，全部相符",
        "en": "{count} derived figures recomputed from the observations: all agree",
    },
    "done_checks": {
        "zh": "{holds}项通过，{undecided}项因概数或缺项不能判定",
        "en": "{holds} hold, {undecided} cannot be decided for ranges or missing figures",
    },
    "done_pages": {
        "zh": "{pages}页上印出的{count}处数字均与台账一致，无来历不明的数字",
        "en": "{count} numbers on {pages} pages are those of the ledger, and none is unexplained",
    },
    "done_source": {
        "zh": "{count}处原文写法与来源文件所在位置一致",
        "en": "{count} wordings stand in the document where the observations say",
    },
    "done_signature": {
        "zh": "{file}的签名有效，签名人{signer}",
        "en": "the signature of {file} is good; signed by {signer}",
    },
    "done_sums": {"zh": "{count}个文件与清单一致", "en": "{count} files are as listed"},
    # what could not be done
    "no_table": {"zh": "缺少附表{name}", "en": "the table {name} is not attached"},
    "other_setting": {
        "zh": "本机的{what}与制作时不同（制作时{made}，本机{here}）",
        "en": "{what} here is not what made the file ({made}; here {here})",
    },
    "words_not_compared": {
        "zh": "因此只核对了数字，页面上的文字未与原稿逐字比对",
        "en": "so numbers were checked, but the words on the pages were not compared",
    },
    "no_ssh_keygen": {"zh": "本机没有ssh-keygen", "en": "there is no ssh-keygen here"},
    "no_signature": {
        "zh": "未找到签名文件；未签名属正常情况",
        "en": "there is no signature; to be unsigned is normal",
    },
    "no_program": {
        "zh": "本程序包内没有复算程序",
        "en": "this package has no program to recompute with",
    },
    # a file that is not read
    "not_pdf": {"zh": "不是可读的PDF文件 {why}", "en": "not a PDF that can be read {why}"},
    "unreadable": {"zh": "文件打不开：{why}", "en": "the file cannot be opened: {why}"},
    "locked": {"zh": "PDF已加密", "en": "the PDF is encrypted"},
    "too_large": {"zh": "文件过大，或展开后过大", "en": "the file is too large, or unpacks to too much"},
    "too_many": {"zh": "附件过多", "en": "there are too many attachments"},
    "name": {"zh": "附件名“{name}”不合规定", "en": "the attachment name “{name}” is not one of ours"},
    "filter": {
        "zh": "对象{number}使用了本程序不产生的压缩方式",
        "en": "object {number} is packed in a way that we never use",
    },
    "broken_stream": {"zh": "对象{number}已损坏", "en": "object {number} is damaged"},
    "carries_nothing": {
        "zh": "文件内没有随附的证据（document.json、manifest.json），不能核验",
        "en": "it carries no evidence (document.json, manifest.json) and cannot be verified",
    },
    "format": {
        "zh": "清单格式为{found}，本程序只认识{known}",
        "en": "its format is {found}; this program knows {known}",
    },
    "broken_json": {"zh": "附件{name}的内容不合规定", "en": "the content of {name} is not of our form"},
    "broken_table": {"zh": "附表{name}的内容不合规定", "en": "the table {name} is not of our form"},
    # attachments
    "attachment_altered": {"zh": "附件{name}已被改动", "en": "the attachment {name} was altered"},
    "attachment_missing": {"zh": "缺少附件{name}", "en": "the attachment {name} is missing"},
    "attachment_extra": {
        "zh": "多出清单以外的附件{name}",
        "en": "the attachment {name} is not in the manifest",
    },
    "attachment_entry": {
        "zh": "附件{name}或其说明已被改动",
        "en": "the attachment {name}, or what is said of it, was altered",
    },
    "program_other": {
        "zh": "所附{name}与本程序包的不同；复算用的是本程序包的，所附的未曾执行",
        "en": "the attached {name} is not this package's; ours was used, the attached one never ran",
    },
    # bytes
    "cannot_set": {"zh": "不能用附件重新排版：{why}", "en": "it cannot be set again: {why}"},
    "page_count": {
        "zh": "页数为{found}，应为{expected}",
        "en": "there are {found} pages instead of {expected}",
    },
    "page_content": {"zh": "第{page}页的内容已被改动", "en": "the content of page {page} was altered"},
    "page_links": {
        "zh": "第{page}页的链接或批注已被改动",
        "en": "links or notes of page {page} were altered",
    },
    "page_resources": {
        "zh": "第{page}页所用的字体或图形已被改动",
        "en": "fonts or drawings used by page {page} were altered",
    },
    "page_other": {"zh": "第{page}页的设置已被改动", "en": "settings of page {page} were altered"},
    "part_metadata": {"zh": "元数据（XMP）已被改动", "en": "the metadata (XMP) were altered"},
    "part_info": {"zh": "文档属性已被改动", "en": "the document's properties were altered"},
    "part_names": {"zh": "书签目标或附件名录已被改动", "en": "the list of destinations was altered"},
    "part_files": {"zh": "附件名录已被改动", "en": "the list of attachments was altered"},
    "part_structure": {
        "zh": "标签结构或图片说明已被改动",
        "en": "tags or descriptions of images were altered",
    },
    "part_outline": {"zh": "书签已被改动", "en": "the bookmarks were altered"},
    "part_labels": {"zh": "页码标签已被改动", "en": "the page labels were altered"},
    "part_pages": {"zh": "页面目录已被改动", "en": "the tree of pages was altered"},
    "part_colour": {"zh": "色彩配置已被改动", "en": "the colour profile was altered"},
    "part_other": {"zh": "文件目录的{key}已被改动", "en": "{key} of the file was altered"},
    "bytes_appended": {"zh": "文件末尾多出{count}字节", "en": "{count} bytes were appended"},
    "update_appended": {
        "zh": "文件末尾附加了一次增量修改（{count}字节）",
        "en": "an incremental update was appended ({count} bytes)",
    },
    "bytes_differ": {
        "zh": "内容相同而字节不同：自第{offset}字节起（对象{number}附近）",
        "en": "same content in other bytes, from byte {offset} on (near object {number})",
    },
    # figures
    "recompute_says": {"zh": "复算：{line}", "en": "recomputed: {line}"},
    "check_fails": {"zh": "审核关系不成立：{zh}", "en": "a check does not hold: {en}"},
    "check_wants": {
        "zh": "核实性审核未满足，须有情况说明：{zh}",
        "en": "does not hold, and wants an explanation: {en}",
    },
    "recompute_skips": {
        "zh": "{count}个数只能部分核对，如{line}",
        "en": "{count} could be checked in part only, as {line}",
    },
    "broken_tables": {
        "zh": "复算程序不能读取附表",
        "en": "the attached tables cannot be read by the program that recomputes",
    },
    "orphan": {"zh": "{zh}", "en": "{en}"},
    "printed_other": {
        "zh": "页面上“{text}”（{figure}）印了{found}次，原稿为{expected}次",
        "en": "“{text}” ({figure}) is printed {found} times, in the document {expected} times",
    },
    "internal_margin": {
        "zh": "公开版中有内部内容：“{near}”旁的页边注“{note}”",
        "en": "the public edition holds internal content: “{note}” in the margin beside “{near}”",
    },
    "internal_figure": {
        "zh": "公开版中有内部内容：{figure}不是公开的数",
        "en": "the public edition holds internal content: {figure} is no figure for the public",
    },
    "use_other": {
        "zh": "{figure}的使用处与台账不符：台账为{said}，实为{found}",
        "en": "{figure} is used at {found}; the ledger says {said}",
    },
    "source_other": {
        "zh": "来源文件的SHA-256与登记的不同，仍按位置核对",
        "en": "the document has another SHA-256 than is on file; places were read all the same",
    },
    "source_broken": {"zh": "来源文件不能读取：{why}", "en": "the document cannot be read: {why}"},
    "wording_other": {
        "zh": "{figure}：原文第{start}字符处不是“{wording}”",
        "en": "{figure}: “{wording}” does not stand at character {start}",
    },
    "signature_bad": {"zh": "{file}的签名无效：{why}", "en": "the signature of {file} is bad: {why}"},
    "not_in_signed": {
        "zh": "已签名的SHA256SUMS中没有这个文件的SHA-256",
        "en": "the signed SHA256SUMS does not hold this file's SHA-256",
    },
    "cannot_sign": {"zh": "{file}未能签名：{why}", "en": "{file} could not be signed: {why}"},
    # a folder
    "file_altered": {"zh": "{name}已被改动", "en": "{name} was altered"},
    "file_missing": {"zh": "缺少{name}", "en": "{name} is missing"},
    "file_extra": {"zh": "多出清单以外的{name}", "en": "{name} is not listed"},
    "sums_broken": {"zh": "没有可读的SHA256SUMS", "en": "there is no SHA256SUMS that can be read"},
    # the end
    "all_well": {"zh": "未发现问题。", "en": "Nothing wrong was found."},
    "not_well": {"zh": "发现{count}处问题。", "en": "Wrong: {count}."},
    "limits": {
        "zh": "自证只说明文件前后一致。整体伪造数据后重新制作的文件，单凭文件本身不能发现：请将上列"
        "SHA-256与公布值核对，或用 --signers 校验签名，或用 --source 核对来源文件。",
        "en": "This shows that the file agrees with itself. A report rebuilt whole from forged data "
        "cannot be told by the file alone: compare its SHA-256 with the published one, check its "
        "signature (--signers), or hold it against the source document (--source).",
    },
}  # fmt: skip


def say(key: str, details: Mapping[str, str], lang: Lang) -> str:
    """A sentence with its details."""
    return SENTENCES[key][lang].format(**details).strip()
