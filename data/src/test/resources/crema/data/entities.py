"""Writes entities.json: what Python's html module reads in the entities of HTML 4, and in character references."""
import html
import html.entities
import json

texts = [f"&{name};" for name in sorted(html.entities.name2codepoint)]
texts += ["&apos;", "&#65;", "&#x41;", "&#X1f600;", "&#128;", "&#x9f;", "&#150;", "a&lt;b&gt;c &amp;amp; d", "&&amp;&"]
with open("entities.json", "w", encoding="ascii") as out:
    json.dump({text: html.unescape(text) for text in texts}, out, indent=0)
    out.write("\n")
