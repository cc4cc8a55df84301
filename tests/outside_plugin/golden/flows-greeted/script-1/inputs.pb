
5
name-
+
)'it's $(HOME) {{inputs.parameters.x}} ü