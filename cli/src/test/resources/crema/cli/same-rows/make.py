"""Writes the same rows in four formats with pyarrow 25.0.1 and openpyxl 3.1.5: python3 make.py, in this folder.

Prices have few digits, as openpyxl writes no more than 16 of a number.
"""
import csv
import datetime as dt
import json
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook

WORDS = ["чайник", "kettle", "phone, red", "\"mini\" case", "kabel 2 m", "日本 tea"]
rows = []
for i in range(200):
    rows.append({
        "title": WORDS[i % 6] + " %d" % i,
        "price": [i / 100.0, float(i), 1e7 + i, round(0.1 * i, 1)][i % 4],
        "count": i * 1000003,
        "new": i % 3 == 0 if i % 7 else None,
        "added": dt.date(2020, 1, 1) + dt.timedelta(days=11 * i) if i % 5 else None,
        "seen": dt.datetime(2026, 11, 27, i % 24, i % 60, (7 * i) % 60),
        "group": "g%d" % (i // 3),
        "category": ["kitchen", "phones", "home"][i % 3],
    })
names = list(rows[0])


def text(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)[:-2] if value == int(value) else repr(value)
    return value.isoformat() if isinstance(value, dt.date) else str(value)


with open("rows.csv", "w", newline="") as file:
    out = csv.writer(file)
    out.writerow(names)
    out.writerows([text(row[name]) for name in names] for row in rows)
with open("rows.jsonl", "w") as file:
    for row in rows:
        json.dump({name: value.isoformat() if isinstance(value, dt.date) else value for name, value in row.items()},
                  file, ensure_ascii=False)
        file.write("\n")
pq.write_table(pa.Table.from_pylist(rows), "rows.parquet", row_group_size=70)
book = Workbook()
book.active.append(names)
for row in rows:
    book.active.append([row[name] for name in names])
book.save("rows.xlsx")
