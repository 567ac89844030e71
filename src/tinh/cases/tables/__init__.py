"""The rows of the room. Who sees them is said beside the fields; see docs/guide/second-lock.md."""
