"""What schemathesis does not know by itself: how a body of newline-delimited JSON is sent."""

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def ndjson(_context, value):
    return value if isinstance(value, bytes) else str(value).encode()
