"""JSON lines are sent as the text that they are, which schemathesis cannot know."""

import schemathesis

schemathesis.serializer.alias("application/jsonl", "text/plain")
