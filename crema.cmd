@echo off
rem Runs Crema on Windows: finds a JDK 25 or later, builds on first use, and passes the flags that the engine needs, as
rem crema does elsewhere; what both share is in launcher\.
rem
rem   CREMA_JAVA_HOME   the JDK to use, before any other
rem   CREMA_JAVA_FLAGS  further flags for the JVM, for instance -Xmx8g
setlocal EnableExtensions DisableDelayedExpansion

set "required=25"
set "module=cli"
set "root=%~dp0"
set "root=%root:~0,-1%"
set "launcher=%root%\launcher"
set "target=%root%\%module%\target"
set "jar=%target%\crema.jar"

set "jdk="
call :try "%CREMA_JAVA_HOME%"
call :try "%JAVA_HOME%"
for %%j in (java.exe) do if not "%%~$PATH:j"=="" call :try "%%~dp$PATH:j.."
for %%p in (
  "%ProgramFiles%\Java" "%ProgramFiles%\Eclipse Adoptium" "%ProgramFiles%\Microsoft" "%ProgramFiles%\Zulu"
  "%ProgramFiles%\Amazon Corretto" "%ProgramFiles%\BellSoft" "%ProgramFiles%\OpenJDK" "%ProgramFiles%\SapMachine\JDK"
  "%LOCALAPPDATA%\Programs\Eclipse Adoptium" "%LOCALAPPDATA%\Programs\Microsoft" "%USERPROFILE%\.jdks"
) do for /d %%d in ("%%~p\*") do call :try "%%~d"
if not defined jdk (
  >&2 echo crema: needs a JDK %required% or later and found none; install one ^(https://adoptium.net/temurin/releases/?version=%required%^) or set CREMA_JAVA_HOME to its folder
  exit /b 2
)

rem Output is UTF-8, which the console shows in code page 65001; it gets its own back at the end.
set "codepage="
for /f "tokens=2 delims=:." %%p in ('chcp 2^>nul') do set "codepage=%%p"
chcp 65001 >nul 2>&1

rem A shell cannot compare times here: the build looks itself whether there is something to do.
set build="%launcher%\Build.java"
if exist "%target%\launcher\Build.class" set build=-cp "%target%\launcher" Build
"%jdk%\bin\java.exe" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData %build% "%root%" "%module%" "%jdk% %found%"
set "code=%errorlevel%"
if not %code%==0 goto end
if not exist "%jar%" (
  >&2 echo crema: "%jar%" is missing, and there are no sources to build it from
  set "code=2"
  goto end
)

rem Which flags the command runs with (see launcher\modes).
set "name=%~1"
set "mode=scalar"
set "from=1"
set "to=0"
for /f "usebackq eol=# tokens=1-3" %%a in ("%launcher%\modes") do if "%%a"=="%name%" call :simd %%b %%c
set "count=-1"
set "bulk="
set "help="
:scan
if "%~1"=="" goto scanned
set /a count+=1
if "%~1"=="--file" set "bulk=1"
if "%~1"=="-f" set "bulk=1"
if "%~1"=="-h" set "help=1"
if "%~1"=="--help" set "help=1"
shift /1
goto scan
:scanned
if %count% geq %from% if %count% leq %to% set "mode=scalar"
if defined bulk set "mode=simd"
if defined help set "mode=scalar"

set "fasttext="
if "%name%"=="fasttext" set fasttext="@%launcher%\fasttext.args"
set "cache="
if exist "%target%\crema-%mode%.aot" for %%f in ("%target%\crema-%mode%.aot") do if %%~zf gtr 0 set cache="-XX:AOTCache=%%~f" -Xlog:aot*=off -Xlog:cds*=off

rem java.exe reads its arguments in the system's code page, which lacks most letters of the world; variables are Unicode.
set CREMA_ARGUMENTS=%*
"%jdk%\bin\java.exe" "@%launcher%\jvm.args" "@%launcher%\%mode%.args" %fasttext% %CREMA_JAVA_FLAGS% %cache% -cp "%jar%" crema.cli.Crema %*
set "code=%errorlevel%"

:end
if defined codepage chcp %codepage% >nul 2>&1
exit /b %code%

rem Takes a folder for the JDK, if it is one, none was found before, and its release file says that it is new enough.
:try
if defined jdk exit /b 0
if "%~1"=="" exit /b 0
if not exist "%~1\bin\javac.exe" exit /b 0
if not exist "%~1\release" exit /b 0
set "found="
for /f "usebackq tokens=1,2 delims==.-" %%a in ("%~1\release") do if "%%a"=="JAVA_VERSION" set "found=%%b"
if not defined found exit /b 0
set "found=%found:"=%"
if %found% geq %required% set "jdk=%~f1"
exit /b 0

:simd
set "mode=simd"
if not "%~2"=="" set "from=%~1"
if not "%~2"=="" set "to=%~2"
exit /b 0
