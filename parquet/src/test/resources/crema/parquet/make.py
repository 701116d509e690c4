"""Makes the Parquet files of the tests with pyarrow 25.0.1: python3 make.py, in this folder."""
import datetime as dt
import decimal
import uuid
import pyarrow as pa
import pyarrow.parquet as pq

UTC = dt.timezone.utc
moment = dt.datetime(2026, 11, 27, 10, 15, 30, 500000)
table = pa.table({
    "text": pa.array(["Чайник & kettle", "two\nlines", None, "", "日本"] , pa.string()),
    "large": pa.array(["a", None, "c", "d", "e"], pa.large_string()),
    "word": pa.array(["red", "red", None, "blue", "red"]).dictionary_encode(),
    "binary": pa.array([b"abc", None, "é".encode(), b"", b"x"], pa.binary()),
    "i8": pa.array([-1, 2, None, 127, -128], pa.int8()),
    "i16": pa.array([-1, 2, None, 32767, 4], pa.int16()),
    "i32": pa.array([-1, 2, None, 2**31 - 1, 4], pa.int32()),
    "i64": pa.array([-1, 2, None, 2**63 - 1, 4], pa.int64()),
    "u8": pa.array([0, 2, None, 255, 4], pa.uint8()),
    "u16": pa.array([0, 2, None, 65535, 4], pa.uint16()),
    "u32": pa.array([0, 2, None, 2**32 - 1, 4], pa.uint32()),
    "u64": pa.array([0, 2, None, 2**64 - 1, 4], pa.uint64()),
    "f16": pa.array([0.5, 2.0, None, -1.5, 4.0], pa.float16()),
    "f32": pa.array([0.1, 42.0, None, float("nan"), float("inf")], pa.float32()),
    "f64": pa.array([0.1, 42.0, None, float("nan"), 1e22], pa.float64()),
    "bool": pa.array([True, False, None, True, False]),
    "date": pa.array([dt.date(2026, 11, 27), dt.date(1899, 1, 1), None, dt.date(1970, 1, 1), dt.date(9999, 12, 31)]),
    "time": pa.array([dt.time(8, 5), dt.time(0, 0), None, dt.time(23, 59, 59, 999000), dt.time(1)], pa.time32("ms")),
    "ms": pa.array([moment, dt.datetime(1960, 1, 1), None, moment, moment], pa.timestamp("ms")),
    "us": pa.array([moment, dt.datetime(1960, 1, 1), None, moment, moment], pa.timestamp("us")),
    "ns": pa.array([moment, dt.datetime(1960, 1, 1), None, moment, moment], pa.timestamp("ns")),
    "utc": pa.array([moment.replace(tzinfo=UTC)] * 2 + [None] + [moment.replace(tzinfo=UTC)] * 2,
                    pa.timestamp("us", tz="Europe/Paris")),
    "dec": pa.array([decimal.Decimal("12.50"), decimal.Decimal("-0.01"), None, decimal.Decimal("100.00"),
                     decimal.Decimal("0.00")], pa.decimal128(9, 2)),
    "bigdec": pa.array([decimal.Decimal("12345678901234567890123456789.0100"), decimal.Decimal("1.0000"), None,
                        decimal.Decimal("-3.2000"), decimal.Decimal("0")], pa.decimal128(38, 4)),
    "list": pa.array([["a", "b"], [], None, [None, "c\"d"], ["e"]], pa.list_(pa.string())),
    "unsigned": pa.array([[2**32 - 1], [], None, [1], [None]], pa.list_(pa.uint32())),
    "struct": pa.array([{"n": "x", "v": 1.0}, {"n": None, "v": 2.5}, None, {"n": "y", "v": None}, {"n": "", "v": 3.0}],
                       pa.struct([("n", pa.string()), ("v", pa.float64())])),
    "map": pa.array([[("k", 1), ("l", 2)], [], None, [("m", None)], [("n", 5)]], pa.map_(pa.string(), pa.int64())),
    "deep": pa.array([[{"a": [1, 2], "d": dt.date(2026, 1, 2)}], [], None, [{"a": [], "d": None}], [None]],
                     pa.list_(pa.struct([("a", pa.list_(pa.int32())), ("d", pa.date32())]))),
})
pq.write_table(table, "types.parquet", row_group_size=2, compression="snappy")
pq.write_table(table, "zstd.parquet", row_group_size=2, compression="zstd", data_page_version="2.0")
pq.write_table(table, "gzip.parquet", compression="gzip", use_dictionary=False)
pq.write_table(table.select(["text", "i32", "list"]), "plain.parquet", compression="none", version="1.0")
pq.write_table(table.select(["text", "us"]), "int96.parquet", use_deprecated_int96_timestamps=True)
pq.write_table(table.select(["text", "i32"]).slice(0, 0), "empty.parquet")
pq.write_table(table.select(["text"]), "lz4.parquet", compression="lz4")
