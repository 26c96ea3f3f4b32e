# SPDX-License-Identifier: GPL-2.0
"""What counts as code (scripts/code-digest) and what does not."""
import importlib.machinery
import importlib.util
import pathlib
import unittest

REPO = pathlib.Path(__file__).resolve().parents[2]
loader = importlib.machinery.SourceFileLoader("code_digest", str(REPO / "scripts/code-digest"))
code = importlib.util.module_from_spec(importlib.util.spec_from_loader("code_digest", loader))
loader.exec_module(code)

SOURCE = '/* one\n * two */\nint f(void)\n{\n\treturn a * b;\t// three\n}\nchar *s = "/* four */";\n'
PATCH = """\
From: somebody
Subject: [PATCH] mm: why

+++ of the text

--- a/mm/vmscan.c
+++ b/mm/vmscan.c
@@ -1,3 +1,4 @@
 static int stays;
+/* says why */
+ * says more
+	*since = 1;
-	gone();
--- a/Documentation/x.rst
+++ b/Documentation/x.rst
@@ -1 +1,2 @@
+words
-- 
2.39
"""


class Digest(unittest.TestCase):
    def test_comments_and_layout(self):
        other = '// five\nint f(void) {\n return a * b; }\nchar *s = "/* four */";'
        self.assertEqual(code.of_source(SOURCE), code.of_source(other))

    def test_code(self):
        self.assertNotEqual(code.of_source(SOURCE), code.of_source(SOURCE.replace("a * b", "a / b")))
        self.assertNotEqual(code.of_source(SOURCE), code.of_source(SOURCE.replace("four", "five")))

    def test_patch(self):
        said = code.of_patch(PATCH)
        self.assertEqual(said.splitlines(), ["b/mm/vmscan.c + *since = 1;", "b/mm/vmscan.c - gone();"])
        for old, new in (("says why", "says what"), ("stays", "goes"), ("-1,3 +1,4", "-9,3 +9,4"), ("words", "text"),
                         ("mm: why", "mm: that")):
            self.assertEqual(said, code.of_patch(PATCH.replace(old, new)), old)
        for old, new in (("since = 1", "since = 2"), ("gone()", "left()"), ("mm/vmscan.c", "mm/memcontrol.c")):
            self.assertNotEqual(said, code.of_patch(PATCH.replace(old, new)), old)

    def test_cover_letter(self):
        names = [name for name, _ in code.parts("6.12")]
        self.assertIn("mm/ws_access.c", names)
        self.assertIn("0003-mm-vmscan-reclaim-by-access-interval.patch", names)
        self.assertNotIn("cover-letter.in", " ".join(names))

    def test_bases_differ(self):
        self.assertNotEqual(code.code_digest("6.12"), code.code_digest("7.3"))
        self.assertEqual(code.code_digest("6.12"), code.code_digest("6.15"))      # has no patches of its own


if __name__ == "__main__":
    unittest.main()
