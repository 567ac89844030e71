"""Photos of reports: taken in durably, kept sealed, shown without metadata and blurred where asked."""
