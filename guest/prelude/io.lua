-- The io library. A file is a table whose element 0 is the host's handle; the host buffers what is read and written.
-- Two things differ from Lua's own: type(file) is "table", where io.type still tells "file" or "closed file", and a file
-- ends with the execution that opened it, at the latest.
local host = ...
local argument, text = host.argument, host.text
local log, print_line, none = host.bind("log"), host.bind("print"), host.bind("none")()
local open_file, open_process, open_temporary = host.bind("file.open"), host.bind("io.popen"), host.bind("file.temporary")
local read_file, write_file, seek_file = host.bind("file.read"), host.bind("file.write"), host.bind("file.seek")
local buffer_file, flush_file, close_file = host.bind("file.setvbuf"), host.bind("file.flush"), host.bind("file.close")
local error, getmetatable, pcall, select, setmetatable = error, getmetatable, pcall, select, setmetatable
local tonumber, tostring, type, unpack = tonumber, tostring, type, table.unpack or unpack
local find, format, gmatch, gsub = string.find, string.format, string.gmatch, string.gsub
local match, sub = string.match, string.sub

local methods = {}
local meta = {__index = methods, __name = "FILE*"}

local function is_file(value) return type(value) == "table" and getmetatable(value) == meta end

-- wrap makes a file of what the host returns for one, or passes its refusal on.
local function wrap(handle, message, code)
  if handle == nil then return nil, message, code end
  return setmetatable({[0] = handle}, meta)
end

local function check(file, name)
  if not is_file(file) then
    local kind = type(file)
    argument(1, name, "FILE* expected, got " .. (kind == "nil" and "no value" or kind), 2)
  end
  if file[0] == none then error("attempt to use a closed file", 3) end
  return file
end

-- The standard streams have no handle, for they outlive every execution: what is written goes to the log, by lines.

local output = {[0] = false, log = print_line}
local diagnostics = {[0] = false, log = function(line) log(3, line) end, unfinished = ""}

host.quiet[output], host.quiet[diagnostics] = true, true

-- The output's unfinished line is print's as well.
local function unfinished(file) return (file == output and host or file).unfinished end
local function keep(file, line) (file == output and host or file).unfinished = line end

local function emit(file)
  local line = unfinished(file)
  if line ~= "" then
    keep(file, "")
    file.log(line)
  end
end

local longest_line = 4096

local function write_standard(file, ...)
  for i = 1, select("#", ...) do
    local value = select(i, ...)
    local kind = type(value)
    if kind == "number" then
      value = format(find(tostring(value), "^%-?%d+$") and "%d" or "%.14g", value)
    elseif kind ~= "string" then
      argument(i, "write", "string expected, got " .. kind, 2)
    end
    value = unfinished(file) .. value
    local rest = match(value, "[^\n]*$")
    for line in gmatch(sub(value, 1, #value - #rest), "([^\n]*)\n") do file.log(line) end
    keep(file, rest)
    if #rest > longest_line then emit(file) end
  end
  return file
end

io = {
  stdin = setmetatable({[0] = false}, meta),
  stdout = setmetatable(output, meta),
  stderr = setmetatable(diagnostics, meta),
}
host.loaded.io = io

local defaults = {input = io.stdin, output = io.stdout}

-- Reading

-- The host returns numerals as they stand in the file; only Lua knows what numbers they are.
local function convert(formats, results, count)
  for i = 1, count do
    local letter = type(formats[i]) == "string" and match(formats[i], "^%*?(.)")
    if letter == "n" and results[i] ~= nil then results[i] = tonumber(results[i]) end
  end
  return unpack(results, 1, count)
end

local function collect(formats, ...) return convert(formats, {...}, select("#", ...)) end

local function read(file, ...)
  local handle = file[0]
  if not handle then -- the standard input is empty, the others cannot be read
    if file.log then return nil, "Bad file descriptor", 9 end
    local pattern = ...
    if type(pattern) == "string" and find(pattern, "^%*?a") then return "" end
    return nil
  end
  for i = 1, select("#", ...) do
    local pattern = select(i, ...)
    if type(pattern) == "string" and find(pattern, "^%*?n") then return collect({...}, read_file(handle, ...)) end
  end
  return read_file(handle, ...)
end

function methods.read(file, ...) return read(check(file, "read"), ...) end

function io.read(...)
  if defaults.input[0] == none then error("default input file is closed", 2) end
  return read(defaults.input, ...)
end

-- An iterator over what the formats read. The error of a failed read is raised, as in Lua.
local function iterator(file, closes, ...)
  local formats, count = {...}, select("#", ...)
  local function check_result(first, message, ...)
    if first ~= nil then return first, message, ... end
    if type(message) == "string" then error(message, 3) end
    if closes then file:close() end
    return nil
  end
  return function()
    if file[0] == none then error("file is already closed", 2) end
    return check_result(read(file, unpack(formats, 1, count)))
  end
end

function methods.lines(file, ...) return iterator(check(file, "lines"), false, ...) end

-- open_named opens a file for a function that raises what goes wrong.
local function open_named(name, mode, caller)
  local file, message = wrap(open_file(text(1, caller, name), mode))
  if not file then error("cannot open file '" .. name .. "' (" .. sub(message, #name + 3) .. ")", 3) end
  return file
end

function io.lines(name, ...)
  if name == nil then
    if defaults.input[0] == none then error("attempt to use a closed file", 2) end
    return iterator(defaults.input, false, ...)
  end
  local file = open_named(name, "r", "lines")
  return iterator(file, true, ...), nil, nil, file
end

-- Writing

local function write(file, ...)
  if file[0] == false then
    if not file.log then return nil, "Bad file descriptor", 9 end
    return write_standard(file, ...)
  end
  local ok, message, code = write_file(file[0], ...)
  if ok then return file end
  return nil, message, code
end

function methods.write(file, ...) return write(check(file, "write"), ...) end

function io.write(...)
  if defaults.output[0] == none then error("default output file is closed", 2) end
  return write(defaults.output, ...)
end

local function flush(file)
  if file[0] == false then
    if file.log then emit(file) end
    return true
  end
  return flush_file(file[0])
end

function methods.flush(file) return flush(check(file, "flush")) end

function io.flush()
  if defaults.output[0] == none then error("default output file is closed", 2) end
  return flush(defaults.output)
end

function methods.setvbuf(file, mode, size)
  check(file, "setvbuf")
  text(2, "setvbuf", mode)
  if file[0] == false then return true end
  if size == nil then return buffer_file(file[0], mode) end
  return buffer_file(file[0], mode, size)
end

function methods.seek(file, whence, offset)
  check(file, "seek")
  if file[0] == false then return nil, "Illegal seek", 29 end
  return seek_file(file[0], whence or "cur", offset or 0)
end

-- Opening and closing

local function close(file)
  if file[0] == false then
    if file.log then emit(file) end
    return nil, "Operation not permitted (the standard streams stay open)", 1
  end
  local handle = file[0]
  file[0] = none
  return close_file(handle)
end

function methods.close(file) return close(check(file, "close")) end

function io.close(file)
  if file == nil then
    if defaults.output[0] == none then error("default output file is closed", 2) end
    return close(defaults.output)
  end
  return close(check(file, "close"))
end

function meta.__tostring(file)
  local handle = file[0]
  if handle == none then return "file (closed)" end
  return "file (" .. (handle and gsub(tostring(handle), "^userdata: ", "") or "standard") .. ")"
end

-- Collected and to-be-closed files are closed. One that its execution has closed already raises an error here.
function meta.__gc(file)
  if file[0] and file[0] ~= none then pcall(close, file) end
end
meta.__close = meta.__gc

function io.open(name, mode)
  text(1, "open", name)
  mode = mode or "r"
  if not find(text(2, "open", mode), "^[rwa]%+?b?$") then argument(2, "open", "invalid mode") end
  return wrap(open_file(name, mode))
end

function io.popen(command, mode)
  text(1, "popen", command)
  mode = mode or "r"
  if mode ~= "r" and mode ~= "w" then argument(2, "popen", "invalid mode") end
  return wrap(open_process(command, mode))
end

function io.tmpfile() return wrap(open_temporary()) end

function io.type(...)
  if select("#", ...) == 0 then argument(1, "type", "value expected") end
  local file = ...
  if not is_file(file) then return nil end
  return file[0] == none and "closed file" or "file"
end

local function choose(which, mode)
  return function(file)
    if type(file) == "string" then
      defaults[which] = open_named(file, mode, which)
    elseif file ~= nil then
      if not is_file(file) then argument(1, which, "FILE* expected, got " .. type(file)) end
      defaults[which] = file
    end
    return defaults[which]
  end
end

io.input, io.output = choose("input", "r"), choose("output", "w")
