"""The main file of a Spark application whose driver runs one task: `spark-submit entrypoint.py jetbridge-execute …`.

It is alone in its folder, because Python puts a script's folder first on its path.
"""

from jetbridge.runtime.execute import main

if __name__ == "__main__":
    main()
