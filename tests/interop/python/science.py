"""Reads or writes what the interoperability tests of science compare: `science.py read|write PREFIX`.

One process for all libraries, since importing them takes longer than what they do. Prints one JSON object, a
member for each library. The store is that of AWS_ENDPOINT_URL; the values are those of make-data.py.
"""

import hashlib
import json
import os
import sys

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import s3fs
import xarray as xr
import zarr
from pyarrow.fs import FileSelector, S3FileSystem

bucket, endpoint = os.environ["BUCKET"], os.environ["AWS_ENDPOINT_URL"]
key, secret = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
region = os.environ["AWS_REGION"]
task, prefix = sys.argv[1:]
base = f"{bucket}/{prefix}"
url = f"s3://{base}"

s3 = s3fs.S3FileSystem(
    key=key, secret=secret, endpoint_url=endpoint, client_kwargs={"region_name": region}
)
arrow = S3FileSystem(
    access_key=key, secret_key=secret, endpoint_override=endpoint, region=region
)
for_polars = {
    "aws_access_key_id": key,
    "aws_secret_access_key": secret,
    "aws_endpoint_url": endpoint,
    "aws_region": region,
    "aws_allow_http": "true",
}
for_fsspec = {
    "key": key,
    "secret": secret,
    "endpoint_url": endpoint,
    "client_kwargs": {"region_name": region},
}
database = duckdb.connect()
database.register_filesystem(s3)


def sha256(contents: bytes) -> str:
    return hashlib.sha256(contents).hexdigest()


def noise(size: int) -> bytes:
    return hashlib.shake_256(b"noise").digest(size)


def read_s3fs() -> object:
    with s3.open(f"{base}/growth.parquet", "rb") as file:
        file.seek(-4, os.SEEK_END)
        end = file.read()
    found = s3.find(base)
    return {
        "names": sorted(name.removeprefix(f"{base}/") for name in found),
        "end": end.decode(),
        "sha256": sha256(s3.cat_file(f"{base}/growth.parquet")),
        "missing": s3.exists(f"{base}/missing"),
    }


def read_pyarrow() -> object:
    table = pq.read_table(f"{base}/growth.parquet", filesystem=arrow, columns=["seed", "mass"])
    found = ds.dataset(f"{base}/growth.parquet", filesystem=arrow)
    infos = arrow.get_file_info(FileSelector(base, recursive=False))
    return {
        "rows": table.num_rows,
        "mass": sum(table["mass"].to_pylist()),
        "last": found.to_table(filter=ds.field("time") > table.num_rows - 3)["name"].to_pylist(),
        "kinds": {info.base_name: info.type.name for info in infos},
    }


def read_polars() -> object:
    lazy = pl.scan_parquet(f"{url}/growth.parquet", storage_options=for_polars)
    means = lazy.group_by("seed").agg(pl.col("growth").mean()).sort("seed").collect()
    return means["growth"].to_list()


def read_duckdb() -> object:
    rows = database.sql(
        f"select seed, avg(growth) from read_parquet('s3://{base}/growth.parquet') "
        "group by seed order by seed"
    ).fetchall()
    return [mean for _, mean in rows]


def read_xarray() -> object:
    cells = {}
    for version in (2, 3):
        data = xr.open_zarr(
            f"{url}/v{version}.zarr", storage_options=for_fsspec, zarr_format=version
        )
        mass = data["mass"].isel(time=slice(3, 5))
        cells[f"v{version}"] = {"dims": list(mass.dims), "mass": mass.values.tolist()}
    return cells


def read_zarr() -> object:
    store = zarr.storage.FsspecStore.from_url(f"{url}/v3.zarr", storage_options=for_fsspec)
    group = zarr.open_group(store, mode="r")
    return {
        "generation": group.attrs["generation"],
        "sharded": group["sharded"][7:9].tolist(),
    }


table = pa.table({"seed": pa.array([0, 1, 0], pa.int32()), "growth": [0.5, 0.25, None]})


def write_s3fs() -> object:
    contents = noise(12 * 2**20)
    with s3.open(f"{base}/s3fs.bin", "wb", block_size=5 * 2**20) as file:
        file.write(contents)
    s3.pipe_file(f"{base}/odd name=1+ü.txt", b"odd")
    s3.pipe_file(f"{base}/moved", b"moved")
    s3.mv(f"{base}/moved", f"{base}/s3fs moved")
    return sha256(contents)


def write_pyarrow() -> object:
    pq.write_table(table, f"{base}/pyarrow.parquet", filesystem=arrow)
    contents = noise(11 * 2**20)
    with arrow.open_output_stream(f"{base}/pyarrow.bin") as stream:
        stream.write(contents)
    ds.write_dataset(
        table,
        f"{base}/hive",
        filesystem=arrow,
        format="parquet",
        partitioning=["seed"],
        partitioning_flavor="hive",
    )
    arrow.delete_file(f"{base}/s3fs moved")
    return sha256(contents)


def write_polars() -> object:
    # By default it writes zstd, which hyparquet leaves to a package of its own.
    pl.from_arrow(table).write_parquet(
        f"{url}/polars.parquet", compression="snappy", storage_options=for_polars
    )
    return table.num_rows


def write_duckdb() -> object:
    database.register("tab", table)
    database.sql(f"copy tab to 's3://{base}/duckdb.parquet' (format parquet)")
    return table.num_rows


def write_xarray() -> object:
    data = xr.Dataset({"mass": (("time", "cell"), [[0.5, 1.5], [2.5, 3.5], [4.5, 5.5]])})
    data.attrs["generation"] = 7
    for version in (2, 3):
        data.to_zarr(
            f"{url}/xarray-v{version}.zarr",
            mode="w",
            storage_options=for_fsspec,
            zarr_format=version,
        )
    return data["mass"].values.tolist()


names = ("s3fs", "pyarrow", "polars", "duckdb", "xarray") + (("zarr",) if task == "read" else ())
print(json.dumps({name: globals()[f"{task}_{name}"]() for name in names}))
