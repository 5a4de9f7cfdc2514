local function show(...) print(select("#", ...), ...) end
print(io.open("absent"))
print(io.open("absent/x", "w"))
print(io.open(".", "r"):read())
print(io.open(".", "w"))
local f = assert(io.open("t.txt", "w"))
print(io.type(f), io.type(io), io.type(1), tostring(f):match("^file %(0x%x+%)$") ~= nil)
print(f:write("one\n", 2, " ", 3.5, " ", 1.0, "\ntwo\r\n\nlast") == f)
show(f:read())
print(f:seek(), f:seek("set", 2), f:seek("cur", 3), f:seek("end"), f:seek("end", -2))
print(f:seek("set", -1))
print(f:flush() == f, f:setvbuf("no"), f:setvbuf("full", 1024), f:setvbuf("line"))
print(f:close())
print(f, io.type(f), pcall(function() local x = f:write("x") end))
print(pcall(function() local x = f:close() end))
print(pcall(f.lines, f))

f = io.open("t.txt")
show(f:read()) show(f:read("n", "n", "n")) show(f:read("L")) show(f:read("l", "L", "l", "l"))
show(f:read("a")) show(f:read("a")) show(f:read("l")) show(f:read(0)) show(f:read(1))
f:seek("set") show(f:read(0)) show(f:read(3)) show(f:read(1000)) show(f:read(0, "a"))
f:seek("set") show(f:read("*l", "*n", "*L", "*a"))
show(f:write("x"))
print(pcall(function() local x = f:read("x") end))
f:seek("set")
print(pcall(function() local x = f:read(1, "") end))
print(pcall(function() local x = f:seek("middle") end))
print(pcall(function() local x = f:write({}) end))
f:close()

-- numerals
local numerals = {"12", "-7", " \n\t 0x1F", "0x.8p1", "1e5", "1e", "+", "-.5", ".", "12abc", "0x", "1.5.2", "9223372036854775808", ("1"):rep(201), "nan", "5,6", "0x1p-2", "1e+2x"}
for _, text in ipairs(numerals) do
  f = io.open("n.txt", "w") f:write(text) f:close()
  f = io.open("n.txt")
  print(text:sub(1, 20), f:read("n", "a"))
  f:close()
end

-- reading and writing the same file
f = io.open("t.txt", "r+")
print(f:read("l"), f:seek("cur", 0), f:write("XX") == f, f:seek("set"), f:read("a"))
f:close()
f = io.open("t.txt", "a+") f:write("end") f:seek("set") print(f:read("a")) f:close()
f = io.open("t.txt", "w+b") f:write("new\n") f:seek("set") print(f:read("L")) f:close()
f = io.open("t.txt", "rb") print(f:read("a")) f:close()

-- lines
f = io.open("t.txt", "w") for i = 1, 3 do f:write(i, " ", i * i, "\n") end f:close()
for line in io.lines("t.txt") do print(line) end
for a, b in io.lines("t.txt", "n", "n") do print(a, b) end
for line in io.lines("t.txt", "L") do io.write(line) end
for text in io.lines("t.txt", 4) do io.write("[", text, "]") end
print()
print(pcall(function() for x in io.lines("absent") do end end))
local next_line = io.lines("t.txt") while next_line() do end
print(pcall(function() local x = next_line() end))
f = io.open("t.txt") for line in f:lines() do io.write(line, ";") end print(io.type(f), f:read()) f:close()
print(select("#", io.lines("t.txt")))

-- default files
print(io.input() == io.stdin, io.output() == io.stdout)
print(io.type(io.input("t.txt")), io.read(), io.read("n"))
for line in io.lines() do io.write("<", line, ">") end print()
print(io.close(io.input()))
print(pcall(function() local x = io.read() end))
print(pcall(function() local x = io.lines() end))
io.input(io.stdin)
io.output("o.txt") io.write("to the file") print(io.close())
print(pcall(function() local x = io.write("x") end))
io.output(io.stdout)
print(io.open("o.txt"):read("a"))
print(pcall(function() io.input("absent") end))
print(pcall(function() io.open("x", "rw") end))
print(pcall(function() io.open("x", "") end))
print(pcall(function() io.open() end))
print(pcall(function() local x = io.type() end))
print(pcall(function() local x = f.read() end))
print(pcall(function() local x = f.read({}) end))

-- temporary and closed automatically
f = io.tmpfile() f:write("scratch") f:seek("set") print(f:read("a")) f:close()
do local g <close> = io.open("t.txt") f = g end
print(io.type(f))
local big = io.open("b.txt", "w") for i = 1, 5000 do big:write(("%05d\n"):format(i)) end big:close()
big = io.open("b.txt") print(#big:read("a"), big:seek("set", 6 * 4242), big:read()) big:close()
print(#io.open("b.txt"):read(100000), #io.open("b.txt"):read(20000))

-- processes
f = io.popen("echo out; exit 3") print(io.type(f), f:read("a")) print(f:close())
f = io.popen("cat > p.txt", "w") f:write("piped") print(f:close()) print(io.open("p.txt"):read("a"))
print(io.popen("kill -15 $$"):close())
for line in io.popen("printf 'a\nb\n'"):lines() do print(line) end
print(io.popen("true"):seek("set", 0))
print(pcall(function() io.popen("true", "x") end))
