-- string.pack, string.unpack and string.packsize. Options whose size is the
-- platform's (l, L, T and plain s) are left out: they differ on 32 bits.

-- case: integers of every size, little endian
for size = 1, 8 do
  local s = string.pack("<i" .. size, -2)
  print(size, (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)), string.unpack("<i" .. size, s))
end
-- case: integers of every size, big endian
for size = 1, 16 do
  local s = string.pack(">I" .. size, 200)
  print(size, #s, s:byte(-1), (string.unpack(">I" .. size, s)))
end
-- case: named sizes
print(#string.pack("b", 1), #string.pack("B", 1), #string.pack("h", 1), #string.pack("H", 1))
print(#string.pack("i", 1), #string.pack("I", 1), #string.pack("j", 1), #string.pack("J", 1))
print(#string.pack("f", 1), #string.pack("d", 1), #string.pack("n", 1), #string.pack("x"))
-- case: range checks
print(pcall(string.pack, "b", 128))
print(pcall(string.pack, "B", 256))
print(pcall(string.pack, "b", -129))
print(pcall(string.pack, "I2", -1))
print(pcall(string.pack, "i3", 1 << 23))
print(#string.pack("i8", math.mininteger), #string.pack("I8", -1))
-- case: large unsigned
print(string.unpack("<I8", ("\xff"):rep(8)))
print(string.unpack("<I7", ("\xff"):rep(7)))
print(string.unpack("<i16", ("\xff"):rep(16)))
print(pcall(string.unpack, "<I16", ("\xff"):rep(16)))
print(pcall(string.unpack, "<i9", ("\x00"):rep(8) .. "\1"))
-- case: floats
for _, v in ipairs{0.0, 1.0, -1.5, 1e300, math.huge} do
  local s = string.pack("<d", v)
  print(v, (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)), (string.unpack("<d", s)))
end
print((string.unpack("<f", string.pack("<f", 0.1))))
print((string.unpack(">n", string.pack(">n", 0.1))))
-- case: strings with a length prefix
local s = string.pack("<s1", "hello")
print(#s, s:byte(1), string.unpack("<s1", s))
print(#string.pack("<s2", "hello"), #string.pack("<s8", ""))
print(string.unpack(">s4", string.pack(">s4", "abc")))
print(pcall(string.pack, "s1", ("x"):rep(256)))
print(pcall(string.unpack, "s1", "\5abc"))
-- case: zero-terminated strings
local s = string.pack("z", "hello")
print(#s, string.unpack("z", s))
print(pcall(string.pack, "z", "a\0b"))
print(pcall(string.unpack, "z", "abc"))
print(string.unpack("zz", "a\0b\0"))
-- case: fixed strings
print(#string.pack("c10", "abc"), (string.pack("c5", "abc"):gsub("%z", ".")))
print(string.unpack("c3", "abcdef"))
print(string.unpack("c0", "abc"))
print(pcall(string.pack, "c2", "abc"))
print(pcall(string.pack, "c", "abc"))
print(pcall(string.unpack, "c4", "abc"))
-- case: alignment
print(#string.pack("!4 b i4", 1, 2), #string.pack("!8 b i8", 1, 2), #string.pack("b i4", 1, 2))
print(string.packsize("!4 i1 !2 i2 !8 i8"))
print(string.unpack("!4 b i4", string.pack("!4 b i4", 1, 2)))
print(string.packsize("!8 b Xi8"), string.packsize("!4 b Xi8"), string.packsize("b Xi8"))
-- case: alignment errors
print(pcall(string.pack, "!3 i3", 1))
print(pcall(string.pack, "!17", 1))
print(pcall(string.pack, "!4 i3", 1))
print(pcall(string.packsize, "X"))
print(pcall(string.packsize, "Xz"))
print(pcall(string.packsize, "i17"))
print(pcall(string.packsize, "i0"))
-- case: endianness switches
local s = string.pack(">i2 <i2 =i2", 1, 1, 1)
print(s:byte(1, -1))
print(string.unpack(">i2 <i2 =i2", s))
-- case: unpack positions
local s = string.pack("<i2i2i2", 10, 20, 30)
print(string.unpack("<i2", s, 3))
print(string.unpack("<i2", s, -2))
print(string.unpack("", s, 7))
print(pcall(string.unpack, "<i2", s, 6))
print(pcall(string.unpack, "<i2", s, 8))
print(pcall(string.unpack, "<i2", s, -7))
-- case: reading a list of records
local s = string.pack("<s1I2", "one", 1) .. string.pack("<s1I2", "two", 2)
local at = 1
while at <= #s do
  local name, number
  name, number, at = string.unpack("<s1I2", s, at)
  print(name, number, at)
end
-- case: packsize
print(string.packsize("i4i8"), string.packsize("!8i4i8"), string.packsize("c10x"))
print(string.packsize(""), string.packsize(" < > = "))
print(pcall(string.packsize, "s1"))
print(pcall(string.packsize, "z"))
print(pcall(string.packsize, "c2147483640 c8"))
-- case: invalid options
print(pcall(string.pack, "y", 1))
print(pcall(string.pack, "i4", "x"))
print(pcall(string.pack, "i4"))
print(pcall(string.pack, "i4", 1.5))
print(pcall(string.unpack, "i4"))
print(pcall(string.pack, "d", {}))
-- case: padding bytes
print(string.pack("<i1 x x i1", 1, 2):byte(1, -1))
print(string.unpack("<i1 x x i1", "\1\9\9\2"))
print(pcall(string.unpack, "xx", "a"))
