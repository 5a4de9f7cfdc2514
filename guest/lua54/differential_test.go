package lua54_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tidelock/guest/lua54"
	"tidelock/host"
)

const (
	differentialFolder = "testdata/differential"
	driverFile         = "driver.lua"
	// differentialPrelude registers what runs the cases of a file: driver and file are texts, "output" takes what the
	// cases print.
	differentialPrelude = `
		local host = ...
		local output = host.bind("output")
		host.bind("register")("differential", "run", host.ref(function(driver, file)
			local d = load(driver, "=driver")()
			d.run(d.split(file), output)
		end), "prelude", 1)`
)

// TestDifferential runs every case of testdata/differential in the guest and in native Lua 5.4: the same output, error
// messages included.
func TestDifferential(t *testing.T) {
	native, err := exec.LookPath("lua5.4")
	if err != nil {
		t.Skip("lua5.4 is not installed")
	}
	t.Setenv("TZ", "UTC") // for the native interpreter; the guest's is time.Local
	paths, err := filepath.Glob(filepath.Join(differentialFolder, "*.lua"))
	if err != nil {
		t.Fatal(err)
	}
	run := newGuestRunner(t)
	cases := 0
	for _, path := range paths {
		name := filepath.Base(path)
		if name == driverFile {
			continue
		}
		t.Run(strings.TrimSuffix(name, ".lua"), func(t *testing.T) {
			command := exec.Command(native, driverFile, name)
			command.Dir = differentialFolder
			command.Stderr = os.Stderr
			want, err := command.Output()
			if err != nil {
				t.Fatal(err)
			}
			source, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := run(t, string(source))
			if diff := cmp.Diff(byCase(string(want)), byCase(got)); diff != "" {
				t.Errorf("native (-) and guest (+) differ:\n%s", diff)
			}
			cases += strings.Count(string(source), "\n-- case: ")
		})
	}
	if !t.Failed() && cases < 500 {
		t.Errorf("only %d cases ran", cases)
	}
}

// byCase splits output so that a difference names its case.
func byCase(output string) map[string]string {
	cases := make(map[string]string)
	for part := range strings.SplitSeq(output, "== ") {
		name, text, _ := strings.Cut(part, "\n")
		cases[name] = text
	}
	return cases
}

// newGuestRunner returns a function that runs a file's cases in a fresh instance and returns what they print.
func newGuestRunner(t *testing.T) func(t *testing.T, file string) string {
	ctx := context.Background()
	engine, err := host.NewEngine(ctx, host.EngineConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { engine.Close(ctx) })
	driver, err := os.ReadFile(filepath.Join(differentialFolder, driverFile))
	if err != nil {
		t.Fatal(err)
	}
	var printed strings.Builder
	output := host.Functions{"output": func(c *host.Call) error {
		text, err := c.String()
		printed.Write(text)
		return err
	}}
	image, err := engine.NewImage(ctx, host.ImageConfig{
		Guest:     lua54.Module,
		Prelude:   []host.Chunk{{Name: "=<differential>", Source: differentialPrelude}},
		Library:   host.Libraries{output, host.Standard(host.StandardConfig{})},
		Isolation: host.IsolateTransactions,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { image.Close() })
	if err := image.Seal(ctx); err != nil {
		t.Fatal(err)
	}
	return func(t *testing.T, file string) string {
		printed.Reset()
		x := image.Registration("differential", "run").Begin(ctx, nil)
		defer x.End()
		x.Arguments.StringBytes(driver)
		x.Arguments.String(file)
		if err := x.Run(); err != nil {
			t.Error(err)
		}
		return printed.String()
	}
}
