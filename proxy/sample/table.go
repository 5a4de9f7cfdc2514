package sample

import (
	"strings"

	"tidelock/proxy/sticktable"
	"tidelock/proxy/value"
)

// tableValue is one thing that an entry of a stick table tells. The fetches and converters that read tables are made of
// these: sc_NAME, sc0_NAME to sc2_NAME, src_NAME and table_NAME.
type tableValue struct {
	name    string
	data    *sticktable.DataType
	indexed bool // the first argument says which element of an array
	kilo    bool // in units of 1024
	change  func(e *sticktable.Entry, d *sticktable.DataType, index int) (uint64, bool)
}

var tableValues = []tableValue{
	{name: "bytes_in_rate", data: sticktable.BytesInRate},
	{name: "bytes_out_rate", data: sticktable.BytesOutRate},
	{name: "clr_gpc", data: sticktable.GPC, indexed: true, change: clearCounter},
	{name: "clr_gpc0", data: sticktable.GPC0, change: clearCounter},
	{name: "clr_gpc1", data: sticktable.GPC1, change: clearCounter},
	{name: "conn_cnt", data: sticktable.ConnCount},
	{name: "conn_cur", data: sticktable.ConnCurrent},
	{name: "conn_rate", data: sticktable.ConnRate},
	{name: "get_gpc", data: sticktable.GPC, indexed: true},
	{name: "get_gpc0", data: sticktable.GPC0},
	{name: "get_gpc1", data: sticktable.GPC1},
	{name: "get_gpt", data: sticktable.GPT, indexed: true},
	{name: "get_gpt0", data: sticktable.GPT0},
	{name: "gpc_rate", data: sticktable.GPCRate, indexed: true},
	{name: "gpc0_rate", data: sticktable.GPC0Rate},
	{name: "gpc1_rate", data: sticktable.GPC1Rate},
	{name: "http_err_cnt", data: sticktable.HTTPErrCount},
	{name: "http_err_rate", data: sticktable.HTTPErrRate},
	{name: "http_fail_cnt", data: sticktable.HTTPFailCount},
	{name: "http_fail_rate", data: sticktable.HTTPFailRate},
	{name: "http_req_cnt", data: sticktable.HTTPReqCount},
	{name: "http_req_rate", data: sticktable.HTTPReqRate},
	{name: "inc_gpc", data: sticktable.GPC, indexed: true, change: sticktable.Increment},
	{name: "inc_gpc0", data: sticktable.GPC0, change: sticktable.Increment},
	{name: "inc_gpc1", data: sticktable.GPC1, change: sticktable.Increment},
	{name: "kbytes_in", data: sticktable.BytesInCount, kilo: true},
	{name: "kbytes_out", data: sticktable.BytesOutCount, kilo: true},
	{name: "sess_cnt", data: sticktable.SessCount},
	{name: "sess_rate", data: sticktable.SessRate},
}

func clearCounter(e *sticktable.Entry, d *sticktable.DataType, index int) (uint64, bool) {
	return e.Set(d, index, 0)
}

// converterName is the name behind "table_", where nothing has to say that values are only read.
func (v *tableValue) converterName() string { return strings.TrimPrefix(v.name, "get_") }

// of reads the value of an entry, and changes it where that is what the value is for. An entry that does not exist is
// full of zeros; what the table does not store is none.
func (v *tableValue) of(e *sticktable.Entry, index int64) value.Value {
	if e == nil {
		return value.Int(0)
	}
	if index < 0 || index >= sticktable.MaxElements {
		return value.Value{}
	}
	read := v.change
	if read == nil {
		read = (*sticktable.Entry).Get
	}
	n, stored := read(e, v.data, int(index))
	if !stored {
		return value.Value{}
	}
	if v.kilo {
		n >>= 10
	}
	return value.Int(int64(n))
}

// entryOf returns the entry whose key is v, nil for none, and whether v can be a key.
func (c *Context) entryOf(t *sticktable.Table, v value.Value) (e *sticktable.Entry, isKey bool) {
	var buffer [64]byte
	key, ok := t.AppendKey(buffer[:0], v, &c.Scratch)
	if !ok {
		return nil, false
	}
	return t.Lookup(key), true
}

// makeEntry is entryOf for who needs an entry.
func (c *Context) makeEntry(t *sticktable.Table, v value.Value) *sticktable.Entry {
	var buffer [64]byte
	key, ok := t.AppendKey(buffer[:0], v, &c.Scratch)
	if !ok {
		return nil
	}
	return t.Use(key)
}
