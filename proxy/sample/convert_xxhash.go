package sample

import (
	"github.com/cespare/xxhash/v2"

	"tidelock/proxy/value"
	"tidelock/proxy/xxh"
)

// xxhashConverters are the xxHash family. Their argument is a seed.
var xxhashConverters = []Converter{
	{Name: "xxh3", Parameters: optional(Integer), Input: value.Binary, Output: value.Integer, Convert: xxh3},
	{Name: "xxh32", Parameters: optional(Integer), Input: value.Binary, Output: value.Integer, Convert: xxh32},
	{Name: "xxh64", Parameters: optional(Integer), Input: value.Binary, Output: value.Integer, Convert: xxh64},
}

func xxh3(_ *Context, a []Argument, v value.Value) value.Value {
	return value.Int(int64(xxh.Sum3(v.Data, uint64(a[0].Int))))
}

func xxh32(_ *Context, a []Argument, v value.Value) value.Value {
	return value.Int(int64(xxh.Sum32(v.Data, uint32(a[0].Int))))
}

func xxh64(_ *Context, a []Argument, v value.Value) value.Value {
	if a[0].Int == 0 {
		return value.Int(int64(xxhash.Sum64(v.Data)))
	}
	var d xxhash.Digest
	d.ResetWithSeed(uint64(a[0].Int))
	d.Write(v.Data)
	return value.Int(int64(d.Sum64()))
}
