"""Makes the workbooks of the tests with openpyxl 3.1.5: python3 make.py, in this folder."""
import datetime as dt
from openpyxl import Workbook

book = Workbook()
sheet = book.active
sheet.title = "Offers"
sheet.append(["title", "price", "new", "added", "opened", "at", "category", "total"])
sheet.append(["Чайник & kettle", 42.0, True, dt.date(2026, 11, 27), dt.datetime(2026, 11, 27, 10, 15, 30), dt.time(8, 5), "kitchen", "=1+1"])
sheet.append(["two\nlines", 0.1, False, None, None, None, "home", None])
sheet.append([None] * 8)
sheet.append(["  spaced  ", 1234567890123, None, dt.date(1900, 2, 28), None, None, "home", None])
sheet.append(["_x005F_x0041_ is no escape", -0.5, None, None, None, None, "home", None])
second = book.create_sheet("Second one")
second.append(["A title of the sheet"])
second.append([])
second.append(["name", "label"])
second.append(["first", "x"])
book.create_sheet("Empty")
book.save("offers.xlsx")
