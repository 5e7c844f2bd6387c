"""Tools from PyPI, in an environment of their own below `.build`. Where PyPI is not reached, tests skip."""

import hashlib
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

from observer import ROOT

REQUIREMENTS = Path(__file__).with_name("requirements.txt")


def environment() -> Path:
    """The folder of the environment, made if it is not there yet for just these versions and this place."""
    text = REQUIREMENTS.read_text()
    wanted = f"{ROOT} {sys.version} {text}"
    home = ROOT / ".build" / f"python-{hashlib.sha256(wanted.encode()).hexdigest()[:12]}"
    done = home / "done"
    if done.exists():
        return home
    shutil.rmtree(home, ignore_errors=True)
    # The page checker's script is all that is wanted of its package, not the browser driver that it depends on.
    alone = [line for line in text.splitlines() if line.startswith("axe-")]
    rest = [line for line in text.splitlines() if line and not line.startswith(("#", "axe-"))]
    try:
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True, capture_output=True, timeout=120)
        for packages in (rest, ["--no-deps", *alone]):
            subprocess.run(
                [str(home / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", "--retries", "1",
                 "--timeout", "10", *packages],
                check=True, capture_output=True, text=True, timeout=300)
    except (subprocess.SubprocessError, OSError) as error:
        shutil.rmtree(home, ignore_errors=True)
        reason = getattr(error, "stderr", None) or str(error)
        last = (reason if isinstance(reason, str) else reason.decode()).strip().splitlines()[-1:]
        raise unittest.SkipTest(f"PyPI is not reached, or its tools cannot be installed: {' '.join(last)}")
    done.touch()
    return home


def axe() -> str:
    """The script of axe-core, to be run inside a page."""
    return next(environment().glob("lib/*/site-packages/axe_playwright_python/axe.min.js")).read_text()
