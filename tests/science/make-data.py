"""Makes the small files of tests/science/data, and larger ones of the same shape for the interoperability tests.

    python make-data.py FOLDER [ROWS]

Made with pyarrow 26.0.1, zarr 3.1.6 and numpy 2.4.6. The value of a cell follows from its place, so that
readers can be told right from wrong without a second copy of the data:
mass of row i = i / 4, growth of row i = (i % 7) / 8, seed of row i = i % 3.
"""

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import zarr

folder = Path(sys.argv[1])
rows = int(sys.argv[2]) if len(sys.argv) > 2 else 64


def write_parquet() -> None:
    place = np.arange(rows)
    table = pa.table(
        {
            "time": pa.array(place * 1.0),
            "seed": pa.array(place % 3, pa.int32()),
            "mass": pa.array(place / 4),
            # Every eighth growth was not measured.
            "growth": pa.array([None if i % 8 == 7 else (i % 7) / 8 for i in place.tolist()]),
            "name": pa.array([f"cell-{i}" for i in place.tolist()]),
        }
    )
    pq.write_table(table, folder / "growth.parquet", row_group_size=rows // 4)


def write_zarr() -> None:
    # As xarray wants them.
    names = ["time", "cell"]
    values = (np.arange(rows * 4) / 4).reshape(rows, 4).astype("float32")
    for version in (2, 3):
        group = zarr.open_group(folder / f"v{version}.zarr", mode="w", zarr_format=version)
        group.attrs["generation"] = 7
        mass = group.create_array(
            "mass",
            shape=values.shape,
            chunks=(rows // 4, 2),
            dtype="float32",
            fill_value=-1,
            dimension_names=names if version == 3 else None,
        )
        if version == 2:
            mass.attrs["_ARRAY_DIMENSIONS"] = names
        # The last quarter was never written: its chunks are not there.
        mass[: rows * 3 // 4] = values[: rows * 3 // 4]
        if version == 3:
            # Many chunks in one object, which readers take pieces of.
            sharded = group.create_array(
                "sharded",
                shape=values.shape,
                chunks=(rows // 8, 2),
                shards=(rows, 4),
                dtype="float32",
                dimension_names=names,
            )
            sharded[:] = values
        zarr.consolidate_metadata(group.store)


folder.mkdir(parents=True, exist_ok=True)
write_parquet()
write_zarr()
