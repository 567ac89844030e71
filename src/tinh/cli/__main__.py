"""`python -m tinh.cli`: what the launcher calls."""

from tinh.cli.main import run

if __name__ == "__main__":
    run()
