package sample

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"tidelock/proxy/fix"
	"tidelock/proxy/mqtt"
	"tidelock/proxy/protobuf"
	"tidelock/proxy/value"
)

// protocolConverters look into the messages of protocols other than HTTP.
var protocolConverters = []Converter{
	{Name: "fix_is_valid", Input: value.Binary, Output: value.Boolean, Convert: isFIX},
	{Name: "fix_tag_value", Parameters: required(String), Input: value.Binary, Output: value.Binary, Prepare: prepareFIXTag, Convert: fixTagValue},
	{Name: "mqtt_field_value", Parameters: required(String, String), Input: value.Binary, Output: value.String, Prepare: prepareMQTTField, Convert: mqttFieldValue},
	{Name: "mqtt_is_valid", Input: value.Binary, Output: value.Boolean, Convert: isMQTT},
	{Name: "protobuf", Parameters: required(FieldNumber).and(String), Input: value.Binary, Output: value.Binary, Prepare: prepareProtobuf, Convert: protobufField},
	{Name: "ungrpc", Parameters: required(FieldNumber).and(String), Input: value.Binary, Output: value.Binary, Prepare: prepareProtobuf, Convert: grpcField},
}

// isFIX yields none while more bytes may make the message valid.
func isFIX(_ *Context, _ []Argument, v value.Value) value.Value {
	verdict := fix.Check(v.Data)
	if verdict == fix.Incomplete {
		return value.Value{}
	}
	return value.Bool(verdict == fix.Valid)
}

// prepareFIXTag puts the tag's number into Int.
func prepareFIXTag(_ *Compiler, a []Argument) error {
	tag, ok := fix.Tags[strings.ToLower(a[0].Text)]
	if !ok {
		n, err := strconv.ParseUint(a[0].Text, 10, 31)
		if err != nil || n == 0 {
			return fmt.Errorf("Unknown FIX tag name '%s'", a[0].Text)
		}
		tag = int64(n)
	}
	a[0].Int = tag
	return nil
}

func fixTagValue(_ *Context, a []Argument, v value.Value) value.Value {
	b, ok := fix.Value(v.Data, a[0].Int)
	if !ok {
		return value.Value{}
	}
	return value.Bytes(b)
}

// mqttField is the Extra of the second argument.
type mqttField struct {
	of     mqtt.Type
	append mqtt.Field
}

func prepareMQTTField(_ *Compiler, a []Argument) error {
	of, ok := mqtt.TypeNamed(a[0].Text)
	if !ok {
		return fmt.Errorf("Unknown MQTT type '%s'", a[0].Text)
	}
	field, ok := mqtt.FieldNamed(of, a[1].Text)
	if !ok {
		return fmt.Errorf("Unknown MQTT field name '%s' for packet type '%s'", a[1].Text, a[0].Text)
	}
	a[1].Extra = mqttField{of, field}
	return nil
}

var mqttPackets = sync.Pool{New: func() any { return new(mqtt.Packet) }}

func mqttFieldValue(c *Context, a []Argument, v value.Value) value.Value {
	field := a[1].Extra.(mqttField)
	p := mqttPackets.Get().(*mqtt.Packet)
	defer mqttPackets.Put(p)
	if p.Parse(v.Data) != mqtt.Valid || p.Type != field.of {
		return value.Value{}
	}
	b, ok := field.append(c.Scratch.Buffer(), p)
	if !ok {
		return value.Value{}
	}
	return c.text(b)
}

// isMQTT yields none while more bytes may make the packet valid.
func isMQTT(_ *Context, _ []Argument, v value.Value) value.Value {
	p := mqttPackets.Get().(*mqtt.Packet)
	defer mqttPackets.Put(p)
	verdict := p.Parse(v.Data)
	if verdict == mqtt.Incomplete {
		return value.Value{}
	}
	return value.Bool(verdict == mqtt.Valid)
}

// prepareProtobuf makes the type that the second argument names its Extra.
func prepareProtobuf(_ *Compiler, a []Argument) error {
	if !a[1].Given {
		return nil
	}
	t, ok := protobuf.TypeNamed(a[1].Text)
	if !ok {
		return fmt.Errorf("Wrong protocol buffer type '%s'", a[1].Text)
	}
	a[1].Extra = t
	return nil
}

// protobufField yields a field's bytes, or its number when a type is given.
func protobufField(_ *Context, a []Argument, v value.Value) value.Value {
	f, ok := a[0].Extra.(protobuf.Path).Find(v.Data)
	if !ok {
		return value.Value{}
	}
	t, ok := a[1].Extra.(protobuf.Type)
	if !ok {
		return value.Bytes(f.Data)
	}
	n, ok := f.Number(t)
	if !ok {
		return value.Value{}
	}
	return value.Int(n)
}

// grpcHeader is what precedes a message in a gRPC stream: whether it is compressed, and its length in four bytes.
const grpcHeader = 5

func grpcField(c *Context, a []Argument, v value.Value) value.Value {
	if len(v.Data) < grpcHeader {
		return value.Value{}
	}
	length, message := binary.BigEndian.Uint32(v.Data[1:]), v.Data[grpcHeader:]
	if uint64(length) > uint64(len(message)) {
		return value.Value{}
	}
	return protobufField(c, a, value.Bytes(message[:length]))
}
