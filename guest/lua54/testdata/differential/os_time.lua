-- os.time and os.date with given arguments. Native runs use TZ=UTC; cases
-- without "!" hold in any zone that has no daylight saving at these times.

-- case: utc formats
print(os.date("!%Y-%m-%d %H:%M:%S", 0), os.date("!%Y-%m-%d %H:%M:%S", 1234567890))
print(os.date("!%a %A %b %B %d %j %p %I %M %S %y", 1e9))
print(os.date("!%c", 0))
print(os.date("!%x %X %D %F %T %R", 86399))
print(os.date("!%e|%n|%t|%%|%h|%u|%w|%C|%g|%G|%U|%V|%W|%r", 1700000000))
-- case: utc tables
local t = os.date("!*t", 1700000000)
print(t.year, t.month, t.day, t.hour, t.min, t.sec, t.wday, t.yday, t.isdst)
t = os.date("!*t", 0)
print(t.year, t.month, t.day, t.hour, t.min, t.sec, t.wday, t.yday, t.isdst)
-- case: negative and large times
print(os.date("!%F %T", -1), os.date("!%F", -86400 * 365), os.date("!%F %T", 4102444800), os.date("!%F", 253402300799))
-- case: leap years
for _, y in ipairs{1900, 1972, 2000, 2023, 2024, 2100} do
  local t = os.time({year = y, month = 3, day = 0, hour = 12})
  print(y, os.date("%d", t))
end
-- case: differences are free of the zone
local function at(...) local y, m, d, h = ...; return os.time({year = y, month = m, day = d, hour = h}) end
print(at(2024, 1, 2) - at(2024, 1, 1), at(2024, 3, 1) - at(2024, 2, 1), at(2023, 3, 1) - at(2023, 2, 1))
print(at(2024, 1, 1) - at(2024, 1, 1, 0), os.difftime(at(2024, 1, 2), at(2024, 1, 1)))
-- case: normalisation
local function show(t) os.time(t); print(t.year, t.month, t.day, t.hour, t.min, t.sec, t.wday, t.yday) end
show{year = 2023, month = 14, day = 1}
show{year = 2023, month = 1, day = 32, hour = 0}
show{year = 2023, month = 1, day = 1, hour = 25, min = 61, sec = 61}
show{year = 2024, month = 3, day = 0}
show{year = 2024, month = 0, day = 15}
show{year = 2024, month = 1, day = -30, hour = -1}
-- case: fields as strings and floats
print(os.time{year = "2024", month = "1", day = "1"} == os.time{year = 2024, month = 1, day = 1})
print(os.time{year = 2024.0, month = 1.0, day = 1.0} == os.time{year = 2024, month = 1, day = 1})
-- case: bad fields
print(pcall(os.time, {}))
print(pcall(os.time, {year = 2024}))
print(pcall(os.time, {year = 2024, month = 1}))
print(pcall(os.time, {year = 2024, month = "x", day = 1}))
print(pcall(os.time, {year = 2024, month = 1.5, day = 1}))
print(pcall(os.time, {year = 1e15, month = 1, day = 1}))
print(pcall(os.time, {year = 2024, month = 2^40|0, day = 1}))
print(pcall(os.time, 5))
-- case: bad formats
print(pcall(os.date, "%Q", 0))
print(pcall(os.date, "%E", 0))
print(pcall(os.date, "%", 0))
print(pcall(os.date, "%Ez", 0))
print(pcall(os.date, "%Oy", 0))
print(pcall(os.date, "x", "y"))
print(pcall(os.date, "x", 1.5))
-- case: modifiers
print(os.date("!%Ey %EY %Od %Om %OH", 0))
print(os.date("!", 0) == "", os.date("", 0) == "", os.date("!plain", 0))
-- case: long formats
print(#os.date("!" .. ("%Y"):rep(500), 0), os.date("!" .. ("x"):rep(300), 0) == ("x"):rep(300))
-- case: round trip through a table
for _, s in ipairs{0, 951782400, 1709164800, 1735689599} do
  print(os.time(os.date("*t", s)) == s)
end
-- case: difftime
print(os.difftime(10, 3), os.difftime(3, 10), math.type(os.difftime(1, 1)))
print(pcall(os.difftime, 1))
print(pcall(os.difftime, "x", 1))
-- case: types
print(math.type(os.time()), math.type(os.clock()), type(os.date()), os.time() > 1700000000)
