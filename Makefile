PYTHON ?= python3
TOWN = xushi
YEAR = 2019
ARGS =

venv = .venv/bin/python
compile = $(venv) -m uv pip compile pyproject.toml --quiet --extra build --universal \
  --fork-strategy fewest --python-version 3.11 --generate-hashes --no-emit-index-url \
  --custom-compile-command 'make lock'
install = $(venv) -m requirements.installing
contracts = $(venv) -c "from importlinter.cli import lint_imports_command as run; run()" --no-cache

.PHONY: help report check lab test golden long lint format strip lock offline clean
.NOTPARALLEL:

help:
	@awk -F ' *## *' '/^[a-z]+:.* ## / { sub(/:.*/, "", $$1); printf "make %-7s %s\n", $$1, $$2 }' Makefile

report: .venv/.ready ## 生成许市镇年度报告到 outputs/ | build the report of Xushi into outputs/
	@$(venv) -m xushi_stats build --town "$(TOWN)" --year "$(YEAR)" --data data --out outputs $(ARGS)

check: .venv/.ready ## 只审核数据，一次列出全部问题 | check the data only, all faults at once
	@$(venv) -m xushi_stats check --data data --town "$(TOWN)" $(ARGS)

lab: .venv/.ready .venv/.lab ## 用 JupyterLab 打开 notebooks/ | open notebooks/ in JupyterLab
	@$(venv) -m jupyterlab notebooks $(ARGS)

test: .venv/.ready .venv/.test ## 运行格式、类型检查和全部测试 | run format, lint, types and every test (ARGS="-k ...")
	@$(venv) -m ruff format --check .
	@$(venv) -m ruff check .
	@$(venv) -m mypy
	@$(contracts)
	@$(venv) -m pytest -n 2 --dist worksteal $(ARGS)

golden: .venv/.ready .venv/.test ## 重新记下全部成果和命令的校验值，列出变动 | lay down the digests of all outputs and commands anew, and list what changed
	@$(venv) -m pytest -q -s tests/reporting/test_frozen.py --remake-golden $(ARGS)

long: .venv/.ready .venv/.test ## 接着做长时间的试验，写出 docs/long.md | go on with what takes hours, write docs/long.md (ARGS="--minutes 30")
	@$(venv) tests/long.py $(ARGS)

lint: .venv/.ready .venv/.test ## 检查代码与类型 | check code and types
	@$(venv) -m ruff check .
	@$(venv) -m mypy
	@$(contracts)

format: .venv/.ready .venv/.test ## 整理代码格式 | format the code
	@$(venv) -m ruff check --select I --fix .
	@$(venv) -m ruff format .

strip: .venv/.ready ## 清除 notebooks/ 中的输出 | clear the outputs in notebooks/
	@set -- notebooks/*.ipynb; \
	if [ -e "$$1" ]; then $(venv) -m nbconvert --log-level WARN --clear-output --inplace "$$@"; fi

lock: .venv/.ready .venv/.test ## 重新锁定依赖 | remake requirements/*.lock (ARGS=--upgrade)
	@$(compile) -o requirements/report.lock $(ARGS)
	@$(compile) --extra test -c requirements/report.lock -o requirements/test.lock $(ARGS)
	@$(compile) --extra lab -c requirements/test.lock -o requirements/lab.lock $(ARGS)

offline: .venv/.ready ## 写出 outputs/offline/，拷到不联网的机器上可用 | write outputs/offline/, for machines without a network
	@$(venv) -m requirements.installing --offline outputs/offline

clean: ## 删除 outputs/ | remove outputs/
	@rm -rf outputs

# Set-up. Each stamp is written last, so what was cut off is done again; .ready holds the folder it
# was made in, so a checkout that was moved, or whose Python is gone, is set up anew. The link to the
# checkout is made relative, since Python reads it in the locale's encoding: under LC_ALL=C it would
# stop at a folder with a Chinese name. What a report needs comes first; test and lab add what they
# need and take nothing away, since their locks hold the same versions.

link = .venv/lib/python3*/site-packages/_xushi_stats.pth
no_index = $(if $(wildcard wheels/made-for.txt),--no-index)
cut_off = echo '依赖未装齐；请检查网络后重试 | the set-up was cut off; check the network and run make again' >&2; exit 1

ifneq "$(shell cat .venv/.ready 2>/dev/null)" "$(CURDIR)"
.PHONY: .venv/.ready
endif
ifeq "$(wildcard $(venv))" ""
.PHONY: .venv/.report
endif

.venv/.ready: .venv/.report pyproject.toml
	@rm -f $@ $(link)
	@$(venv) -m pip --disable-pip-version-check -qq install $(no_index) \
	  --no-deps --no-build-isolation --editable .
	@for link in $(link); do echo ../../../.. > "$$link"; done
	@pwd -P > $@

.venv/.report: requirements/report.lock
	@found=$$("$(PYTHON)" -c 'import platform; print(platform.python_version())' 2>/dev/null) || found=无/none; \
	"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "需要 Python 3.11 或更高版本，现为 $$found；请用 make PYTHON=… 指定 | Python 3.11 or later is needed, found $$found; name one with make PYTHON=…" >&2; \
	  exit 1; }; \
	"$(PYTHON)" -c 'import venv, ensurepip; ensurepip.version()' 2>/dev/null || { \
	  package=python$${found%.*}-venv; \
	  echo "缺少 $$package，请先安装：sudo apt install $$package | $$package is missing, install it first: sudo apt install $$package" >&2; \
	  exit 1; }
	@echo '首次准备环境（.venv），约一分钟 | setting up .venv, about a minute'
	@"$(PYTHON)" -m venv --clear .venv || { rm -rf .venv; exit 1; }
	@$(install) $< || { $(cut_off); }
	@touch $@

.venv/.test .venv/.lab: .venv/.%: requirements/%.lock .venv/.report | .venv/.ready
	@$(install) $< || { $(cut_off); }
	@touch $@
