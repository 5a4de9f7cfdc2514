-- The utf8 library.

-- case: char
print(utf8.char(72, 228, 8364, 128512), utf8.char() == "", #utf8.char(0x7fffffff), #utf8.char(0))
print(utf8.char(0xD800):byte(1, -1))
print(pcall(utf8.char, -1))
print(pcall(utf8.char, 0x80000000))
print(pcall(utf8.char, "x"))
-- case: sizes
for _, c in ipairs{0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000, 0x10ffff, 0x1fffff, 0x200000, 0x3ffffff, 0x4000000} do
  print(("%x"):format(c), #utf8.char(c), utf8.codepoint(utf8.char(c), 1, 1, true) == c)
end
-- case: len
print(utf8.len("häß€😀"), #"häß€😀", utf8.len(""), utf8.len("abc", 2), utf8.len("abc", 4), utf8.len("abc", -1))
print(utf8.len("ab\xffcd"), utf8.len("\x80"), utf8.len("\xe2\x82"), utf8.len("€", 2))
print(utf8.len("abc", 1, 2), utf8.len("abc", 3, 2), utf8.len("€", 1, 1))
print(pcall(utf8.len, "abc", 5))
print(pcall(utf8.len, "abc", 1, 4))
print(pcall(utf8.len))
-- case: len reports the first bad byte
print(utf8.len("ab\xffcd"))
print(utf8.len("\xe2\x82"))
print(utf8.len("€", 2))
print(utf8.len("ok\xc0\x80"))
-- case: codepoint
print(utf8.codepoint("häß", 1, -1))
print(utf8.codepoint("€"), utf8.codepoint("a€", 2), utf8.codepoint("€", -3), select("#", utf8.codepoint("abc", 3, 2)))
print(pcall(utf8.codepoint, "abc", 4))
print(pcall(utf8.codepoint, "\xff"))
print(pcall(utf8.codepoint, "€", 2))
print(pcall(utf8.codepoint, "abc", 1, 4))
-- case: offset
local s = "aä€😀"
for n = -5, 6 do print(n, utf8.offset(s, n)) end
print(utf8.offset(s, 0, 3), utf8.offset(s, 0, 6), utf8.offset(s, 1, 2), utf8.offset(s, -1, 4))
print(pcall(utf8.offset, s, 1, 3))
print(pcall(utf8.offset, s, 1, 100))
print(pcall(utf8.offset, s))
-- case: codes
for p, c in utf8.codes("aä€😀") do print(p, c) end
for p, c in utf8.codes("") do print("never") end
-- case: codes refuses
local function walk(s, lax) for _ in utf8.codes(s, lax) do end return "walked" end
print(pcall(walk, "ab\xff"))
print(pcall(walk, "\xe2\x82"))
print(pcall(walk, "\u{D800}"))
print(pcall(walk, "\u{D800}", true))
print(pcall(walk, "\u{7fffffff}", true))
print(pcall(utf8.codes))
-- case: surrogates and large code points
print(utf8.len("\u{D800}"), utf8.len("\u{D800}", 1, -1, true), utf8.len("\u{110000}"), utf8.len("\u{110000}", 1, -1, true))
print(pcall(utf8.codepoint, "\u{DFFF}"))
print(utf8.codepoint("\u{DFFF}", 1, 1, true), utf8.codepoint("\u{7fffffff}", 1, 1, true))
-- case: overlong forms
print(utf8.len("\xc0\x80"), utf8.len("\xe0\x80\x80"), utf8.len("\xf0\x80\x80\x80"), utf8.len("\xc1\xbf", 1, -1, true))
-- case: charpattern
print(#utf8.charpattern, utf8.charpattern:byte(1, -1))
for c in ("aä€"):gmatch(utf8.charpattern) do print(c, #c) end
print(("aä€"):gsub(utf8.charpattern, function(c) return "<" .. #c .. ">" end))
-- case: reversing a string
local t = {}
for _, c in utf8.codes("añb€") do table.insert(t, 1, utf8.char(c)) end
print(table.concat(t))
-- case: substring by characters
local function usub(s, i, j)
  return s:sub(utf8.offset(s, i), (utf8.offset(s, j + 1) or #s + 1) - 1)
end
print(usub("häß€x", 2, 3), usub("häß€x", 4, 5), usub("häß€x", 1, 1))
-- case: escapes in literals
print("\u{41}\u{e9}\u{20ac}\u{1f600}", "\u{0000041}")
print(load([[return "\u{80000000}"]]))
print(load([[return "\u41"]]))
print(load([[return "\u{}"]]))
print(load([[return "\u{41"]]))
