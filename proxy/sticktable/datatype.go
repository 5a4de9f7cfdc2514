package sticktable

import "time"

// DataType is a kind of data that entries can hold: a row of the registry.
type DataType struct {
	Name string
	Form Form

	id int
	// array and index say which element of an array takes the place of this type in tables that have the array.
	array *DataType
	index int
	rate  *DataType // of a general purpose counter: what counts the same over a period
}

// Form is what a column of a data type consists of.
type Form uint8

const (
	Count32   Form = iota // a number of 32 bits
	Count64               // a number of 64 bits
	Current               // a number that falls again
	Rate                  // events over a sliding period
	ServerKey             // the name of a server
)

// The data types (manual, section 4.2, "stick-table").
var (
	ServerID      = &DataType{Name: "server_id"}
	GPT0          = &DataType{Name: "gpt0", array: GPT}
	GPC0          = &DataType{Name: "gpc0", array: GPC, rate: GPC0Rate}
	GPC0Rate      = &DataType{Name: "gpc0_rate", Form: Rate, array: GPCRate}
	ConnCount     = &DataType{Name: "conn_cnt"}
	ConnRate      = &DataType{Name: "conn_rate", Form: Rate}
	ConnCurrent   = &DataType{Name: "conn_cur", Form: Current}
	SessCount     = &DataType{Name: "sess_cnt"}
	SessRate      = &DataType{Name: "sess_rate", Form: Rate}
	HTTPReqCount  = &DataType{Name: "http_req_cnt"}
	HTTPReqRate   = &DataType{Name: "http_req_rate", Form: Rate}
	HTTPErrCount  = &DataType{Name: "http_err_cnt"}
	HTTPErrRate   = &DataType{Name: "http_err_rate", Form: Rate}
	BytesInCount  = &DataType{Name: "bytes_in_cnt", Form: Count64}
	BytesInRate   = &DataType{Name: "bytes_in_rate", Form: Rate}
	BytesOutCount = &DataType{Name: "bytes_out_cnt", Form: Count64}
	BytesOutRate  = &DataType{Name: "bytes_out_rate", Form: Rate}
	GPC1          = &DataType{Name: "gpc1", array: GPC, index: 1, rate: GPC1Rate}
	GPC1Rate      = &DataType{Name: "gpc1_rate", Form: Rate, array: GPCRate, index: 1}
	ServerName    = &DataType{Name: "server_key", Form: ServerKey}
	HTTPFailCount = &DataType{Name: "http_fail_cnt"}
	HTTPFailRate  = &DataType{Name: "http_fail_rate", Form: Rate}

	// Arrays, whose columns have as many elements as the table says.
	GPT     = &DataType{Name: "gpt"}
	GPC     = &DataType{Name: "gpc", rate: GPCRate}
	GPCRate = &DataType{Name: "gpc_rate", Form: Rate}
)

// dataTypes is the registry, in the order in which entries show their data.
var dataTypes = []*DataType{
	ServerID, GPT0, GPC0, GPC0Rate, ConnCount, ConnRate, ConnCurrent, SessCount, SessRate, HTTPReqCount, HTTPReqRate,
	HTTPErrCount, HTTPErrRate, BytesInCount, BytesInRate, BytesOutCount, BytesOutRate, GPC1, GPC1Rate, ServerName,
	HTTPFailCount, HTTPFailRate, GPT, GPC, GPCRate,
}

func init() {
	for i, d := range dataTypes {
		d.id = i
	}
}

// DataTypeNamed returns the data type that configurations call name, or nil.
func DataTypeNamed(name string) *DataType {
	for _, d := range dataTypes {
		if d.Name == name {
			return d
		}
	}
	return nil
}

// IsArray reports whether a column of this type has several elements.
func (d *DataType) IsArray() bool { return d == GPT || d == GPC || d == GPCRate }

// Replaces returns the array that must not stand beside d in a table, or nil.
func (d *DataType) Replaces() *DataType { return d.array }

// Stored is a column of a table: what it stores of each entry.
type Stored struct {
	Type     *DataType
	Elements int           // of an array, 1 to MaxElements; 1 for the others
	Period   time.Duration // of a rate, in milliseconds
}

// MaxElements is the most elements that an array can have.
const MaxElements = 100
