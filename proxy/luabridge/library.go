package luabridge

import (
	"errors"
	"maps"
	"strings"

	"tidelock/host"
	"tidelock/proxy/sample"
)

// library is what the prelude can bind beyond host.Standard: a file for each class, and a function for each fetch and
// converter that the data plane has.
type library struct {
	functions host.Functions
	script    *sample.Compiler // of the arguments of fetches and converters
	guard     *guard           // nil: nobody asks for what these need
}

func newLibrary(m *image) library {
	// What fetches and converters read for a script is what it could read itself.
	read := m.bridge.config.Standard.Files.Reader()
	if m.granted() != nil {
		read = m.guard.read
	}
	if m.kind.bundle != nil {
		read = m.readBundled(read)
	}
	script := sample.Script(read)
	script.Environment = m.bridge.config.Standard.Getenv
	l := library{guard: m.guard, script: script, functions: host.Functions{"current": currentHandle, "fail": fail, "fetches": fetchNames, "converters": converterNames, "certcache.set": m.updateCertificate}}
	for _, class := range []host.Functions{
		m.coreFunctions(), m.txnFunctions(), variableFunctions, m.privateFunctions(), httpFunctions, appletFunctions, appletHTTPFunctions,
		filterFunctions, channelFunctions, messageFunctions,
		m.httpClientFunctions(), m.proxyFunctions(), m.mapFunctions(), regexFunctions, m.tableFunctions(),
		m.addressFunctions(), m.sharedFunctions(), m.queueFunctions(), m.eventFunctions(), m.patrefFunctions(),
		tracerFunctions, m.bridge.instruments.functions(),
	} {
		maps.Copy(l.functions, class)
	}
	return l
}

// fail is fail(text): it raises an error with the position of the script that called the prelude, however deep.
func fail(c *host.Call) error {
	text, err := c.String()
	if err != nil {
		return err
	}
	return errors.New(string(text))
}

// Resolve implements host.Library.
func (l library) Resolve(name string) host.Function {
	if f := l.functions[name]; f != nil {
		return f
	}
	kind, row, isText := sampleName(name)
	put := putSample
	if isText {
		put = putText
	}
	switch kind {
	case "fetch":
		if f := sample.FetchNamedInLua(row); f != nil {
			return fetch(f, &binder{script: l.script, bind: l.guard.binds(f.Bind, f.Name, fetchNeeds)}, put)
		}
	case "converter":
		if k := sample.ConverterNamedInLua(row); k != nil {
			return converter(k, &binder{script: l.script, bind: l.guard.binds(k.Bind, k.Name, converterNeeds)}, put)
		}
	}
	return nil
}

// sampleName takes the name apart by which the prelude binds a fetch or converter: kind.NAME, or string_kind.NAME for one whose
// results are texts.
func sampleName(name string) (kind, row string, isText bool) {
	kind, row, _ = strings.Cut(name, ".")
	kind, isText = strings.CutPrefix(kind, "string_")
	if kind != "fetch" && kind != "converter" {
		return "", "", false
	}
	return kind, row, isText
}
