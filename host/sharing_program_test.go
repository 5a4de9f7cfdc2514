package host

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// programs writes random scripts: registrations over variables that they share, or do not, in every way that a script can
// reach and change one. Scripts are deterministic, and end; what they do makes no sense.
type programs struct {
	*rand.Rand
	text    strings.Builder
	indent  int
	numbers []string // names in scope, by what they hold most of the time
	tables  []string
	calls   []string // functions of up to two arguments
	level   int      // of nested functions and blocks
	locals  int
	yields  bool         // inside a coroutine
	sparse  int          // one out of so many names is used by each registration
	without map[int]bool // kinds of statements, and of expressions from 100 on: a script that does everything shares everything
}

// kind picks one of n kinds of statements or expressions that this script has.
func (p *programs) kind(n, from int) int {
	if k := p.IntN(n); !p.without[from+k] {
		return k
	}
	return -1
}

// some returns a part of the names in scope.
func (p *programs) some(names []string) []string {
	var part []string
	for _, name := range names {
		if p.IntN(p.sparse) == 0 {
			part = append(part, name)
		}
	}
	return part
}

// writeProgram returns a script and the names of its actions.
func writeProgram(seed uint64) (script string, actions []string) {
	p := &programs{Rand: rand.New(rand.NewPCG(seed, 1)), without: make(map[int]bool)}
	p.sparse = 2 + p.IntN(6)
	for most := 40 + p.IntN(100); len(p.without) < most; {
		p.without[p.IntN(150)] = true
	}
	p.text.WriteString(programPrelude)
	for range 3 + p.IntN(8) {
		p.declare()
	}
	for range p.IntN(5) { // some of what a script does has failed when it is loaded
		p.line("pcall(function()")
		p.body("", nil)
		p.line("end)")
	}
	for n := range 2 + p.IntN(4) {
		name := fmt.Sprintf("r%d", n)
		actions = append(actions, name)
		numbers, tables, calls := p.numbers, p.tables, p.calls
		p.numbers, p.tables, p.calls = p.some(numbers), p.some(tables), p.some(calls)
		p.line("action(%q, function(x)", name)
		p.body("x", func() {
			p.line("local ok, result = pcall(function()")
			p.body("x", func() { p.line("return %s", p.value()) })
			p.line("end)")
			p.line("return show(result)")
		})
		p.line("end)")
		p.numbers, p.tables, p.calls = numbers, tables, calls
	}
	return p.text.String(), actions
}

const programPrelude = `
local function show(v, level)
  level = level or 0
  if type(v) ~= "table" then
    if type(v) == "number" or type(v) == "boolean" then return tostring(v) end
    return type(v) == "string" and v:gsub("0[xX]%x+", "?") or type(v)
  end
  if level > 3 then return "..." end
  local parts = {}
  for k, e in next, v do parts[#parts + 1] = show(k, 3) .. "=" .. show(e, level + 1) end
  table.sort(parts)
  return "{" .. table.concat(parts, ",") .. "}"
end
`

func (p *programs) line(format string, args ...any) {
	p.text.WriteString(strings.Repeat("  ", p.indent))
	fmt.Fprintf(&p.text, format, args...)
	p.text.WriteByte('\n')
}

func pick(p *programs, from []string, otherwise string) string {
	if len(from) == 0 {
		return otherwise
	}
	return from[p.IntN(len(from))]
}

// body writes a block: what it declares goes out of scope.
func (p *programs) body(parameter string, last func()) {
	numbers, tables, calls := p.numbers, p.tables, p.calls
	p.indent++
	p.level++
	if parameter != "" {
		p.tables = append(p.tables[:len(p.tables):len(p.tables)], parameter)
	}
	for range 1 + p.IntN(4) {
		p.statement()
	}
	if last != nil {
		last()
	}
	p.level--
	p.indent--
	p.numbers, p.tables, p.calls = numbers, tables, calls
}

func (p *programs) name(kind string) string {
	p.locals++
	return fmt.Sprintf("%s%d", kind, p.locals)
}

// declare makes a variable of one kind or another.
func (p *programs) declare() {
	local := "local "
	if p.IntN(4) == 0 {
		local = ""
	}
	switch p.IntN(8) {
	case 0, 1:
		name := p.name("n")
		p.line("%s%s = %s", local, name, p.number())
		p.numbers = append(p.numbers[:len(p.numbers):len(p.numbers)], name)
	case 2, 3, 4:
		name := p.name("t")
		p.line("%s%s = %s", local, name, p.table())
		p.tables = append(p.tables[:len(p.tables):len(p.tables)], name)
	case 5:
		name := p.name("f")
		p.line("%s%s = %s", local, name, p.function())
		p.calls = append(p.calls[:len(p.calls):len(p.calls)], name)
	case 6: // a factory
		name, made := p.name("m"), p.name("f")
		p.line("local function %s(p)", name)
		p.body("p", func() { p.line("return %s", p.function()) })
		p.line("end")
		p.line("%s%s = select(2, pcall(%s, %s))", local, made, name, p.value())
		p.calls = append(p.calls[:len(p.calls):len(p.calls)], made)
	default: // a class and its object
		class, object := p.name("t"), p.name("t")
		p.line("local %s = {a = %s}", class, p.value())
		p.tables = append(p.tables[:len(p.tables):len(p.tables)], class)
		for _, event := range []string{"__index", "__newindex", "__call", "__add", "__len", "__concat", "__eq", "__lt", "__close", "__tostring", "__pairs"} {
			if p.IntN(4) == 0 {
				handler := p.function()
				if (event == "__index" || event == "__newindex") && p.IntN(2) == 0 {
					handler = pick(p, p.tables, class)
				}
				p.line("%s.%s = %s", class, event, handler)
			}
		}
		p.line("%s%s = setmetatable(%s, %s)", local, object, p.table(), class)
		p.tables = append(p.tables[:len(p.tables):len(p.tables)], object)
	}
}

func (p *programs) key() string { return string("abc"[p.IntN(3)]) }

func (p *programs) number() string {
	switch p.IntN(6) {
	case 0:
		return fmt.Sprintf("(tonumber(%s.%s) or 0) + 1", pick(p, p.tables, "({})"), p.key())
	case 1:
		return fmt.Sprintf("(rawlen(%s) or 0)", pick(p, p.tables, "({})"))
	case 2, 3:
		return pick(p, p.numbers, "1") + " + 1"
	}
	return fmt.Sprint(p.IntN(9))
}

// table is an expression that gives a table, mostly.
func (p *programs) table() string {
	switch p.IntN(10) {
	case 0, 1, 2:
		return fmt.Sprintf("{%s = %s, %s = %s}", p.key(), p.simple(), p.key(), p.simple())
	case 3:
		return fmt.Sprintf("{%s, %s, %s}", p.simple(), p.simple(), p.simple())
	case 4:
		return fmt.Sprintf("(%s.%s or {})", pick(p, p.tables, "({})"), p.key())
	case 5:
		return fmt.Sprintf("(%s or %s)", p.simple(), pick(p, p.tables, "({})"))
	case 6:
		return fmt.Sprintf("table.pack(%s, %s)", p.simple(), p.simple())
	}
	return pick(p, p.tables, "({})")
}

// simple is an expression that has no effect.
func (p *programs) simple() string {
	switch p.IntN(7) {
	case 0:
		return pick(p, p.numbers, "2")
	case 1:
		return fmt.Sprintf("%q", p.key())
	case 2:
		return pick(p, p.calls, "nil")
	case 3:
		return fmt.Sprintf("%s.%s", pick(p, p.tables, "({})"), p.key())
	case 4:
		return fmt.Sprint(p.IntN(9))
	}
	return pick(p, p.tables, "({})")
}

// value is any expression.
func (p *programs) value() string {
	t, k, f := pick(p, p.tables, "({})"), p.key(), pick(p, p.calls, "tostring")
	switch p.kind(30, 100) {
	case 0:
		return fmt.Sprintf("%s(%s, %s)", f, p.simple(), p.simple())
	case 1:
		return fmt.Sprintf("select(2, pcall(%s, %s))", f, p.simple())
	case 2:
		return fmt.Sprintf("%s[%s]", t, p.simple())
	case 3:
		return fmt.Sprintf("rawget(%s, %q)", t, k)
	case 4:
		return fmt.Sprintf("%s[%d]", t, 1+p.IntN(3))
	case 5:
		return fmt.Sprintf("(%s and %s)", p.simple(), p.simple())
	case 6:
		return fmt.Sprintf("(%s or %s)", p.simple(), p.simple())
	case 7:
		return fmt.Sprintf("(table.unpack(%s))", t)
	case 8:
		return fmt.Sprintf("(next(%s))", t)
	case 9:
		return fmt.Sprintf("#%s", t)
	case 10:
		return fmt.Sprintf("(%s == %s)", t, p.simple())
	case 11:
		return fmt.Sprintf("getmetatable(%s)", t)
	case 12:
		return fmt.Sprintf("%s:%s(%s)", t, k, p.simple())
	case 13:
		return fmt.Sprintf("_G[%q]", pick(p, append(append([]string{}, p.tables...), p.numbers...), "t1"))
	case 14:
		return fmt.Sprintf("tostring(%s):upper()", p.simple())
	case 15:
		return fmt.Sprintf("(%s + %s)", t, p.simple())
	case 16:
		return fmt.Sprintf("(%s .. %s)", t, p.simple())
	case 17:
		return fmt.Sprintf("coroutine.wrap(%s)(%s)", f, p.simple())
	case 18:
		return fmt.Sprintf("({coroutine.resume(coroutine.create(%s), %s)})[2]", f, p.simple())
	case 19:
		return fmt.Sprintf("(function(...) return (select(2, ...)) end)(%s, %s)", p.simple(), p.simple())
	case 20, 21, 22:
		return p.table()
	case 23, 24:
		return p.number()
	case 25:
		if p.yields {
			return fmt.Sprintf("coroutine.yield(%s)", p.simple())
		}
	case 26:
		if p.level < 5 {
			return p.function()
		}
	case 27:
		return fmt.Sprintf("(%s < %s)", p.simple(), p.simple())
	case 28:
		return fmt.Sprintf("({xpcall(%s, %s, %s)})[2]", f, pick(p, p.calls, "print"), p.simple())
	}
	return p.simple()
}

// function is an expression for one of two arguments.
func (p *programs) function() string {
	if p.level > 5 {
		return pick(p, p.calls, "tostring")
	}
	if numbers, tables, calls := p.numbers, p.tables, p.calls; p.level == 0 {
		p.numbers, p.tables, p.calls = p.some(numbers), p.some(tables), p.some(calls)
		defer func() { p.numbers, p.tables, p.calls = numbers, tables, calls }()
	}
	outer, yields := p.text.String(), p.yields
	p.text.Reset()
	p.yields = p.yields && p.IntN(2) == 0
	if p.IntN(5) == 0 {
		p.line("function(...)")
		p.body("", func() {
			p.line("local x, y = ...")
			p.tables = append(p.tables[:len(p.tables):len(p.tables)], "x")
			p.statement()
			p.line("return y, %s", p.value())
		})
	} else {
		p.line("function(x, y)")
		p.body([]string{"x", "y"}[p.IntN(2)], func() { p.line("return %s", p.value()) })
	}
	p.text.WriteString(strings.Repeat("  ", p.indent) + "end")
	expression := strings.TrimSpace(p.text.String())
	p.text.Reset()
	p.text.WriteString(outer)
	p.yields = yields
	return expression
}

func (p *programs) statement() {
	t, k, f, v := pick(p, p.tables, "(nil)"), p.key(), pick(p, p.calls, "tostring"), p.value()
	if strings.HasPrefix(t, "(") {
		t = "x"
		p.line("local x = {}")
	}
	if p.level > 6 {
		p.line("%s.%s = %s", t, k, p.simple())
		return
	}
	switch p.kind(44, 0) {
	case 0, 1, 2:
		p.declare()
	case 3, 4, 5, 6:
		p.line("%s.%s = %s", t, k, v)
	case 7:
		p.line("%s[%s] = %s", t, p.simple(), v)
	case 8:
		p.line("rawset(%s, %q, %s)", t, k, v)
	case 9:
		p.line("table.insert(%s, %s)", t, v)
	case 10:
		p.line("table.remove(%s)", t)
	case 11, 12:
		if len(p.numbers) > 0 {
			p.line("%s = %s", pick(p, p.numbers, ""), p.number())
		}
	case 13:
		if len(p.tables) > 0 {
			p.line("%s = %s", t, p.table())
		}
	case 14, 15:
		p.line("%s(%s, %s)", f, v, p.simple())
	case 16:
		p.line("pcall(%s, %s)", f, v)
	case 17:
		p.line("for k, e in pairs(%s) do", t)
		p.body("e", nil)
		p.line("end")
	case 18:
		p.line("for i, e in ipairs(%s) do", t)
		p.body("e", func() { p.line("if i > 3 then break end") })
		p.line("end")
	case 19:
		p.line("for i = 1, %d do", 1+p.IntN(2))
		p.body("", nil)
		p.line("end")
	case 20, 21:
		p.line("if %s then", p.value())
		p.body("", nil)
		p.line("else")
		p.body("", nil)
		p.line("end")
	case 22:
		p.line("do local _ENV = setmetatable({}, {__index = _G, __newindex = %s})", t)
		p.indent++
		p.line("%s = %s", k, p.simple())
		p.indent--
		p.line("end")
	case 23:
		p.line("_G[%s] = %s", p.simple(), v)
	case 24:
		p.line("global_%s = %s", k, v)
	case 25:
		p.line("%s.%s = global_%s", t, p.key(), k)
	case 26:
		p.line("setmetatable(%s, %s)", t, p.table())
	case 27:
		p.line("local mt%s = getmetatable(%s); if mt%[1]s then mt%[1]s.%s = %s end", k, t, p.key(), v)
	case 28:
		p.line("getmetatable('').__index.%s = %s", k, v)
	case 29:
		p.line("%s.%s = ('x').%s", t, p.key(), k)
	case 30:
		p.line("error(%s)", p.simple())
	case 31:
		p.line("table.sort({3, 1, 2}, function(l, r)")
		p.body("", func() { p.line("return l < r") })
		p.line("end)")
	case 32:
		p.line("local _ = ('abc'):gsub('.', function(x)")
		p.body("", nil)
		p.line("end)")
	case 33, 34: // a coroutine that goes on
		name := p.name("f")
		p.line("local %s = coroutine.wrap(function(x)", name)
		yields := p.yields
		p.yields = true
		p.body("x", func() { p.line("while true do local y = coroutine.yield(%s); %s.%s = y end", p.simple(), t, k) })
		p.yields = yields
		p.line("end)")
		if p.IntN(2) == 0 {
			p.line("%s(%s)", name, p.simple())
		}
		p.calls = append(p.calls[:len(p.calls):len(p.calls)], name)
	case 35:
		p.line("for i = 1, 2 do local c%s = %s; %s.%s = function(x) c%[1]s = x; return c%[1]s end end", k, p.simple(), t, p.key())
	case 36:
		label := p.name("top")
		p.line("do local again = 0 ::%s:: again = again + 1 do", label)
		p.body("", nil)
		p.line("end if again < 2 then goto %s end end", label)
	case 37:
		if p.IntN(4) == 0 {
			p.line("load(%q)()", fmt.Sprintf("global_%s = (tonumber(global_%[1]s) or 0) + 1", k))
		}
	case 38:
		if p.IntN(4) == 0 {
			p.line("debug.setupvalue(%s, 1, %s)", f, p.simple())
		}
	case 39:
		p.line("do local closing <close> = %s.%s and setmetatable({}, {__close = function(x)", t, k)
		p.body("x", nil)
		p.line("end}) end")
	case 40:
		p.line("table.move(%s, 1, 2, 1, %s)", t, pick(p, p.tables, "({})"))
	case 41:
		p.line("%s.%s, %s.%s = %s, %s", t, k, pick(p, p.tables, "x"), p.key(), p.simple(), p.simple())
	case 42:
		p.line("local l = %s; l.%s = %s", t, k, v)
	default:
		p.line("%s.%s = %s.%s", t, k, pick(p, p.tables, "x"), p.key())
	}
}
