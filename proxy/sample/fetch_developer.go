package sample

import (
	"errors"
	"strconv"

	"tidelock/proxy/message"
	"tidelock/proxy/value"
)

// developerFetches are those of the manual's section 7.3.7. HAProxy keeps a message as blocks in a buffer; these tell what
// such a buffer would hold of ours.
var developerFetches = []Fetch{
	{Name: "internal.htx.data", Output: value.Integer, Source: messageHeaders, Get: ofBlocks(func(b blocks) int { return b.bytes })},
	{Name: "internal.htx.free", Output: value.Integer, Source: messageHeaders, Get: ofBlocks(func(b blocks) int { return max(htxSize-b.used(), 0) })},
	{Name: "internal.htx.free_data", Output: value.Integer, Source: messageHeaders, Get: ofBlocks(func(b blocks) int { return max(htxSize-b.used()-htxBlock, 0) })},
	{Name: "internal.htx.has_eom", Output: value.Boolean, Source: messageHeaders, Get: hasEnd},
	{Name: "internal.htx.nbblks", Output: value.Integer, Source: messageHeaders, Get: ofBlocks(func(b blocks) int { return b.count })},
	{Name: "internal.htx.size", Output: value.Integer, Source: messageHeaders, Get: ofBlocks(func(blocks) int { return htxSize })},
	{Name: "internal.htx.used", Output: value.Integer, Source: messageHeaders, Get: ofBlocks(blocks.used)},
	{Name: "internal.htx_blk.data", Parameters: required(String), Output: value.Binary, Source: messageHeaders, Prepare: prepareBlock, Get: blockData},
	{Name: "internal.htx_blk.hdrname", Parameters: required(String), Output: value.String, Source: messageHeaders, Prepare: prepareBlock, Get: blockName},
	{Name: "internal.htx_blk.hdrval", Parameters: required(String), Output: value.String, Source: messageHeaders, Prepare: prepareBlock, Get: blockValue},
	{Name: "internal.htx_blk.size", Parameters: required(String), Output: value.Integer, Source: messageHeaders, Prepare: prepareBlock, Get: blockSize},
	{Name: "internal.htx_blk.start_line", Parameters: required(String), Output: value.String, Source: messageHeaders, Prepare: prepareBlock, Get: blockStartLine},
	{Name: "internal.htx_blk.type", Parameters: required(String), Output: value.String, Source: messageHeaders, Prepare: prepareBlock, Get: blockType},
	{Name: "internal.strm.is_htx", Output: value.Boolean, Source: internalState, Get: isHTX},
}

// What HAProxy's buffers cost: one of the default size less its own header, each block, and a start line beside its text.
const (
	htxSize      = 16384 - 48
	htxBlock     = 8
	htxStartLine = 20
)

// blocks sums up a message.
type blocks struct {
	count, bytes int
	body         []byte
}

func (b blocks) used() int { return b.bytes + htxBlock*b.count }

// blocksOf counts a start line, each header, the end of the headers and the body that is there.
func blocksOf(c *Context, m *message.Message) (b blocks) {
	if m.Empty() {
		return b
	}
	b.count, b.bytes = 2, len(startLine(nil, m))+htxStartLine-startLineSpaces+1
	for i := m.First(); i >= 0; i = m.Next(i) {
		b.count++
		b.bytes += len(m.Name(i)) + len(m.Value(i))
	}
	if b.body = body(c, m).Data; len(b.body) > 0 {
		b.count++
		b.bytes += len(b.body)
	}
	return b
}

// startLineSpaces are between the three parts of a start line.
const startLineSpaces = 2

func startLine(b []byte, m *message.Message) []byte {
	major, minor := m.Version()
	version := [...]byte{'H', 'T', 'T', 'P', '/', byte('0' + major), '.', byte('0' + minor)}
	if m.IsResponse() {
		b = append(append(b, version[:]...), ' ')
		b = append(strconv.AppendInt(b, int64(m.Status()), 10), ' ')
		return append(b, m.Reason()...)
	}
	b = append(append(b, m.Method()...), ' ')
	b = append(append(b, m.URI()...), ' ')
	return append(b, version[:]...)
}

func ofBlocks(get func(blocks) int) getter {
	return func(c *Context, _ []Argument) value.Value {
		m := c.message()
		if m == nil {
			return value.Value{}
		}
		return value.Int(int64(get(blocksOf(c, m))))
	}
}

func hasEnd(c *Context, _ []Argument) value.Value {
	in := c.Stream.RequestInput
	if c.Phase&(onResponse|Log) != 0 {
		in = c.Stream.ResponseInput
	}
	return value.Bool(in == nil || in.Final())
}

func isHTX(c *Context, _ []Argument) value.Value { return value.Bool(c.Stream.Request != nil) }

// The last block, of those that are named instead of numbered.
const tailBlock = -1

func prepareBlock(_ *Compiler, a []Argument) error {
	switch a[0].Text {
	case "head", "first":
	case "tail":
		a[0].Int = tailBlock
	case "":
		return errors.New("a block position is expected (> 0) or a special block name (head, tail, first)")
	default:
		n, err := strconv.ParseUint(a[0].Text, 10, 31)
		if err != nil {
			return errors.New("invalid block position")
		}
		a[0].Int = int64(n)
	}
	return nil
}

// blockKind is what a block holds.
type blockKind uint8

const (
	unusedBlock blockKind = iota
	requestBlock
	responseBlock
	headerBlock
	endBlock
	dataBlock
)

var blockNames = [...]string{
	"HTX_BLK_UNUSED", "HTX_BLK_REQ_SL", "HTX_BLK_RES_SL", "HTX_BLK_HDR", "HTX_BLK_EOH", "HTX_BLK_DATA",
}

// block returns what is at the position that the argument gives, and for a header its index in the message.
func (c *Context) block(a []Argument) (kind blockKind, m *message.Message, header int) {
	m = c.message()
	if m == nil || m.Empty() {
		return unusedBlock, m, 0
	}
	all := blocksOf(c, m)
	n := int(a[0].Int)
	if n == tailBlock {
		n = all.count - 1
	}
	if n == 0 {
		if m.IsResponse() {
			return responseBlock, m, 0
		}
		return requestBlock, m, 0
	}
	for i := m.First(); i >= 0; i = m.Next(i) {
		if n--; n == 0 {
			return headerBlock, m, i
		}
	}
	switch {
	case n == 1:
		return endBlock, m, 0
	case n == 2 && len(all.body) > 0:
		return dataBlock, m, 0
	}
	return unusedBlock, m, 0
}

func blockType(c *Context, a []Argument) value.Value {
	kind, _, _ := c.block(a)
	return c.text(append(c.Scratch.Buffer(), blockNames[kind]...))
}

func blockSize(c *Context, a []Argument) value.Value {
	switch kind, m, i := c.block(a); kind {
	case requestBlock, responseBlock:
		return value.Int(int64(len(startLine(nil, m)) + htxStartLine - startLineSpaces))
	case headerBlock:
		return value.Int(int64(len(m.Name(i)) + len(m.Value(i))))
	case endBlock:
		return value.Int(1)
	case dataBlock:
		return value.Int(int64(len(body(c, m).Data)))
	}
	return value.Int(0)
}

func blockData(c *Context, a []Argument) value.Value {
	if kind, m, _ := c.block(a); kind == dataBlock {
		return body(c, m)
	}
	return value.Bytes(nil)
}

func blockName(c *Context, a []Argument) value.Value {
	if kind, m, i := c.block(a); kind == headerBlock {
		return value.Text(m.Name(i))
	}
	return value.Text(nil)
}

func blockValue(c *Context, a []Argument) value.Value {
	if kind, m, i := c.block(a); kind == headerBlock {
		return value.Text(m.Value(i))
	}
	return value.Text(nil)
}

func blockStartLine(c *Context, a []Argument) value.Value {
	if kind, m, _ := c.block(a); kind == requestBlock || kind == responseBlock {
		return c.text(startLine(c.Scratch.Buffer(), m))
	}
	return value.Text(nil)
}
