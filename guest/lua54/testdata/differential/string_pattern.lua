-- Patterns: find, match and gmatch.

-- case: find with init
print(("hello"):find("l"), ("hello"):find("l", 4), ("hello"):find("l", -1))
print(("hello"):find("", 1), ("hello"):find("", 6), ("hello"):find("", 7))
print(("hello"):find("h", -100), ("hello"):find("h", 2))
print((""):find(""), (""):find("", 1), (""):find("", 2))
print(("a\0b"):find("\0"), ("a\0b"):find("%z"))
-- case: plain find
print(("a.b"):find(".", 1, true), ("a.b"):find("%.", 1, true))
print(("a+b"):find("+", 1, true), ("a[b"):find("[", 1, true))
print(("abc"):find("", 4, true), ("abc"):find("", 5, true))
print(("x"):rep(1000):find("xy", 1, true))
-- case: find returns captures
print(("key = value"):find("(%w+)%s*=%s*(%w+)"))
print(("key = value"):find("()=()"))
print(("abc"):find("(b)(c)"))
-- case: classes
local all = {}
for i = 0, 127 do all[#all + 1] = string.char(i) end
all = table.concat(all)
for _, class in ipairs{"a", "c", "d", "g", "l", "p", "s", "u", "w", "x"} do
  local _, n = all:gsub("%" .. class, "")
  local _, m = all:gsub("%" .. class:upper(), "")
  print(class, n, m)
end
-- case: classes on bytes above 127
local high = {}
for i = 128, 255 do high[#high + 1] = string.char(i) end
high = table.concat(high)
for _, class in ipairs{"%a", "%c", "%g", "%p", "%s", "%w", "[\x80-\xff]", "."} do
  print(class:gsub("[\x80-\xff]", "?"), select(2, high:gsub(class, "")))
end
-- case: sets
print(("abc-123"):match("[a-c]+"), ("abc-123"):match("[^a-c]+"))
print(("a-b"):match("[a%-]+"), ("a]b"):match("[]]"), ("a]b"):match("[^]]"))
print(("x^y"):match("[%^]"), ("x^y"):match("[y^]"))
print(("a%b"):match("[%%]"), ("tab\there"):match("[%s]"))
print(("a-z"):match("[a-]+"), ("_x1"):match("[%a_][%w_]*"))
-- case: quantifiers
print(("aaa"):match("a*"), ("aaa"):match("a-"), ("aaa"):match("a+"), ("aaa"):match("a?"))
print(("aaab"):match("a-b"), ("aaab"):match("^a-$"))
print(("<a><b>"):match("<(.-)>"), ("<a><b>"):match("<(.*)>"))
print(("abc"):match("b?c"), ("ac"):match("ab?c"), ("abbc"):match("ab?c"))
-- case: anchors
print(("hello"):match("^h"), ("hello"):match("^e"), ("hello"):match("o$"), ("hello"):match("l$"))
print(("a^b$c"):match("a^b"), ("a$b"):match("a$b"), ("$"):match("^$"), (""):match("^$"))
print(("xhello"):find("^hello", 2))
print(("a$"):match("a$$"), ("a$"):match("%$"))
-- case: captures and back references
print(("hello hello"):match("(%w+) %1"))
print(("'a\"b'"):match("([\"'])(.-)%1"))
print(("abcabc"):match("(a)(b)(c)%1%2%3"))
print(("abc"):match("((a)(b))"))
print(("abc"):match("()b()"))
print(("x"):match("()"), ("x"):match("(x)()"))
-- case: balanced
print(("f(a(b)c)d"):match("%b()"), ("((("):match("%b()"), ("[[x]]"):match("%b[]"))
print(("xaxbx"):match("%bxx"))
print(("<<>"):match("%b<>"))
print(pcall(string.match, "x", "%b"))
print(pcall(string.match, "x", "%bx"))
-- case: frontier
print(("THE (quick) fox"):find("%f[%a]%a+%f[%A]"))
print(("THE (quick) fox"):gsub("%f[%a]%a+", string.lower))
print(("hello"):find("%f[%z]"), ("hello"):find("%f[h]"))
print((""):find("%f[^%z]"), (""):find("%f[%z]"))
print(pcall(string.find, "x", "%fa"))
print(pcall(string.find, "x", "%f"))
-- case: match with init
print(("abc"):match(".", 2), ("abc"):match(".", -1), ("abc"):match(".", 4), ("abc"):match("()", 4))
print(("abc"):match("()", 5), ("key=val"):match("(%w+)", 4), ("abc"):match("^b", 2))
-- case: gmatch
for w in ("one two  three"):gmatch("%a+") do print(w) end
for k, v in ("a=1, b=2"):gmatch("(%w+)=(%w+)") do print(k, v) end
for p in ("abc"):gmatch("()") do print(p) end
-- case: gmatch with an anchor
for w in ("aab"):gmatch("^a") do print("got", w) end
for w in ("^a^a"):gmatch("%^a") do print("got", w) end
for w in ("ab"):gmatch("b$") do print("got", w) end
-- case: gmatch with init
for w in ("one two three"):gmatch("%a+", 5) do print(w) end
for w in ("abc"):gmatch(".", -2) do print(w) end
for w in ("abc"):gmatch(".", 10) do print("never", w) end
-- case: gmatch and empty matches
local out = {}
for w in ("abc"):gmatch("%a-") do out[#out + 1] = "<" .. w .. ">" end
print(table.concat(out))
out = {}
for a, b in ("xay"):gmatch("(a*)()") do out[#out + 1] = a .. "@" .. b end
print(table.concat(out, " "))
-- case: gmatch called by hand
local nextWord = ("a b"):gmatch("%a")
print(nextWord())
print(nextWord())
print(nextWord())
print(nextWord())
-- case: malformed patterns
print(pcall(string.find, "a", "[a"))
print(pcall(string.find, "a", "[]"))
print(pcall(string.find, "a", "[^"))
print(pcall(string.find, "a", "%"))
print(pcall(string.find, "a", "(a"))
print(pcall(string.match, "a", "a)"))
print(pcall(string.find, "a", "[a%"))
-- case: malformed captures
print(pcall(string.find, "a", "%1"))
print(pcall(string.find, "a", "(%1)"))
print(pcall(string.find, "aa", "(a)%2"))
print(pcall(string.rep("a", 40).find, ("a"):rep(40), ("(a)"):rep(33)))
print(select("#", ("a"):rep(40):find(("(a)"):rep(32))))
-- case: arguments
print(pcall(string.find))
print(pcall(string.find, "a"))
print(pcall(string.find, nil, "a"))
print(pcall(string.match, "a", {}))
print(pcall(string.gmatch, "a"))
print(string.find(123, 2), string.match(12.5, "%d+$"))
print(pcall(string.find, "a", "a", "x"))
-- case: backtracking
print(("aaaaaaaaaa"):match("(a*)(a*)(a*)b"))
print(("aXbXc"):match("(.*)X(.*)"), ("aXbXc"):match("(.-)X(.*)"))
print(("   trim me  "):match("^%s*(.-)%s*$") .. "|")
print(("/a/b/c.txt"):match("([^/]+)%.(%w+)$"))
-- case: a long subject
local s = ("ab"):rep(5000) .. "c"
print(s:find("c"), s:match("^[ab]*c$") == s, s:find("abc"))
print(#s:match(".-c"), select(2, s:gsub("ab", "")))
-- case: common recognisers
print(("2024-02-30"):match("^(%d%d%d%d)%-(%d%d)%-(%d%d)$"))
print(("GET /x?y=1 HTTP/1.1"):match("^(%u+) ([^ ?]*)%??(%S*) HTTP/(%d)%.(%d)$"))
print(("#ff8000"):match("^#(%x%x)(%x%x)(%x%x)$"))
print(("10.0.0.255"):match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$"))
