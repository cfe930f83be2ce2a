@echo off
rem Does what `make run` does: makes .venv on the first run, then opens the studio on 127.0.0.1.
rem Set PORT to use another port than 8501, and TORCH=cu130 (say) for a CUDA build of PyTorch.
setlocal
cd /d "%~dp0"
if not defined PORT set PORT=8501

set "PYTHON=.venv\Scripts\python.exe"
call :works && goto setup
for %%v in (3.14 3.13 3.12 3.11) do (
    set "PYTHON=py -%%v"
    call :works && goto setup
)
set "PYTHON=python"
call :works && goto setup
echo Python 3.11 or newer is needed and none was found: get it from python.org, then start run.cmd again.
exit /b 1

:setup
%PYTHON% scripts\setup.py || exit /b 1
.venv\Scripts\python.exe -m composer studio --port %PORT%
exit /b %errorlevel%

:works
%PYTHON% -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>&1
exit /b %errorlevel%
