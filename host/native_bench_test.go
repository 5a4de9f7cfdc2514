package host

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// concatenations are ways to make 1,000 times a text of 1,000 pieces of 10 bytes. Each script is the body of a function.
const (
	concatInLua = `
		for i = 1, 1000 do
			local text = ""
			for j = 1, 1000 do text = text .. "0123456789" end
		end`
	concatByTable = `
		for i = 1, 1000 do
			local list = {}
			for j = 1, 1000 do list[j] = "0123456789" end
			table.concat(list)
		end`
	concatByAdding = `
		local concat = require("concat")
		for i = 1, 1000 do
			for j = 1, 1000 do concat.add("0123456789") end
			concat.dump()
		end`
	concatByJoining = `
		local concat = require("concat")
		for i = 1, 1000 do
			local list = {}
			for j = 1, 1000 do list[j] = "0123456789" end
			concat.join(list)
		end`
)

// BenchmarkNativeModule measures what native modules are for, in the sandbox and in the native interpreter with a C module
// as HAProxy loads them. make bench-native prints it.
func BenchmarkNativeModule(b *testing.B) {
	inC, inGo := b.TempDir(), b.TempDir()
	compileNative(b, "../sdk/native/c/concat.c", inC, "concat")
	compileNativeGo(b, inGo)
	e := newTestEngine(b, EngineConfig{})
	for _, way := range []struct{ name, folder, body string }{
		{"sandbox/lua", inC, concatInLua},
		{"sandbox/table.concat", inC, concatByTable},
		{"sandbox/C-add", inC, concatByAdding},
		{"sandbox/C-join", inC, concatByJoining},
		{"sandbox/Go-add", inGo, concatByAdding},
		{"sandbox/Go-join", inGo, concatByJoining},
	} {
		b.Run(way.name, func(b *testing.B) {
			image, _, err := newNativeImage(b, e, way.folder, `require("concat") action("run", function() `+way.body+` end)`,
				func(c *ImageConfig) { c.Limits = nil })
			if err == nil {
				err = image.Seal(context.Background())
			}
			if err != nil {
				b.Fatal(err)
			}
			start := processTime()
			for b.Loop() {
				mustRun(b, image, "run")
			}
			b.ReportMetric(float64(processTime()-start)/float64(b.N), "ns/op") // as native is measured, whatever else runs
		})
	}
	folder := compileForLua(b)
	for _, way := range []struct{ name, body string }{
		{"native/lua", concatInLua}, {"native/table.concat", concatByTable}, {"native/C-add", concatByAdding},
	} {
		b.Run(way.name, func(b *testing.B) {
			seconds := 0.0
			for b.Loop() {
				seconds += timeNative(b, folder, way.body)
			}
			b.ReportMetric(seconds*1e9/float64(b.N), "ns/op") // without the start of the interpreter
		})
	}
}

// compileNativeGo compiles the example of the kit for Go.
func compileNativeGo(tb testing.TB, folder string) {
	tb.Helper()
	command := exec.Command("go", "build", "-buildvcs=false", "-buildmode=c-shared", "-ldflags", "-s -w",
		"-o", filepath.Join(folder, "concat.wasm"), "tidelock/sdk/native/concat")
	command.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	if output, err := command.CombinedOutput(); err != nil {
		tb.Fatalf("%v: %s", err, output)
	}
}

// compileForLua compiles a C module for the native interpreter, with the headers that the guest was built with.
func compileForLua(b *testing.B) (folder string) {
	b.Helper()
	headers, _ := filepath.Abs("../guest/lua54/build")
	folder = b.TempDir()
	command := exec.Command("clang-19", "-O2", "-shared", "-fPIC", "-I"+headers+"/lua/src", "-I"+headers+"/include",
		"-o", filepath.Join(folder, "concat.so"), "testdata/bench/native/concat.c")
	if output, err := command.CombinedOutput(); err != nil {
		b.Skipf("no C module for the native interpreter: %v: %s", err, output)
	}
	return folder
}

// timeNative runs a body in the native interpreter and returns its processor time in seconds.
func timeNative(b *testing.B, folder, body string) float64 {
	b.Helper()
	script := `package.cpath = "` + folder + `/?.so" local start = os.clock() do ` + body + ` end io.write(os.clock() - start)`
	output, err := exec.Command("lua5.4", "-e", script).Output()
	if err != nil {
		b.Skip("no lua5.4: ", err)
	}
	seconds, err := strconv.ParseFloat(strings.TrimSpace(string(output)), 64)
	if err != nil {
		b.Fatal(err)
	}
	return seconds
}
