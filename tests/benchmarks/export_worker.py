"""A worker of ``bench-export``: a line with an export's id in, ``done`` out."""

import sys

import django


def main() -> None:
    django.setup()
    from recordings.exporting import run_export

    print("ready", flush=True)
    for line in sys.stdin:
        run_export(line.strip(), 1)
        print("done", flush=True)


if __name__ == "__main__":
    main()
