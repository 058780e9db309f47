"""Figures about a process and the machine, from /proc."""

import os
import platform
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and its threads so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def peak_rss_mb(pid: int) -> float:
    return _status_mb(pid, "VmHWM")


def rss_mb(pid: int) -> float:
    return _status_mb(pid, "VmRSS")


def _status_mb(pid: int, name: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return round(int(line.split()[1]) / 1024, 1)
    raise ValueError(f"no {name} for process {pid}")


def facts() -> dict[str, object]:
    model = "unknown"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(": ")[2]
    return {
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "cpu": model,
        "load_1m": os.getloadavg()[0],
    }


def percentile_ms(sorted_seconds: list[float], share: float) -> float:
    index = min(len(sorted_seconds) - 1, int(len(sorted_seconds) * share))
    return round(sorted_seconds[index] * 1000, 2)
