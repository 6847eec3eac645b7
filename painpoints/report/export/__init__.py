"""Tables as files that other programs open: CSV, XLSX, Parquet, Datasette, Embedding Atlas.

Names in words where people read them, codes where programs do.
"""
