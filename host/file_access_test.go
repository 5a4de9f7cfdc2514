//go:build unix

package host

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestFiles_Access lays out two roots, a secret beside them and links between them, and tries what scripts might.
func TestFiles_Access(t *testing.T) {
	top := t.TempDir()
	for _, folder := range []string{"open", "open/below", "fixed", "secret"} {
		if err := os.MkdirAll(filepath.Join(top, folder), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(top, folder, "file"), []byte("content"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{
		"open/inward":       "below/file",
		"open/across":       filepath.Join(top, "fixed/file"), // absolute, to another root
		"open/outward":      "../secret/file",
		"open/absolute":     filepath.Join(top, "secret/file"),
		"open/folder":       "../secret",
		"open/chain":        "outward",
		"open/device":       "/dev/zero",
		"open/process":      "/proc/self/environ",
		"open/loop":         "loop",
		"open/unborn":       "../secret/new",
		"secret/back":       "../open/below",
		"open/there_and_in": "../secret/back/file",
	} {
		if err := os.Symlink(target, filepath.Join(top, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(top, "open/pipe"), 0o600); err != nil {
		t.Fatal(err)
	}

	config := StandardConfig{Files: FileConfig{
		Roots:           []FileRoot{{filepath.Join(top, "open"), true}, {filepath.Join(top, "fixed"), false}},
		WorkingFolder:   filepath.Join(top, "open"),
		TemporaryFolder: filepath.Join(top, "open/below"),
	}}
	const (
		granted  = "content"
		outside  = "Permission denied (outside the folders that scripts can use)"
		readOnly = "Permission denied (in a folder that scripts can only read)"
		special  = "Permission denied (not a regular file)"
	)
	tests := []struct{ name, script, want string }{
		{"relative", `read("file")`, granted},
		{"absolute", `read(top .. "/open/below/file")`, granted},
		{"dots_inside", `read("below/../file")`, granted},
		{"other_root", `read(top .. "/fixed/file")`, granted},
		{"dots_to_other_root", `read("../fixed/file")`, granted},
		{"link_inside", `read("inward")`, granted},
		{"link_across", `read("across")`, granted},
		{"link_there_and_in", `read("there_and_in")`, granted},
		{"missing", `read("missing")`, "No such file or directory"},
		{"outside", `read(top .. "/secret/file")`, outside},
		{"outside_missing", `read(top .. "/secret/missing")`, outside},
		{"system", `read("/etc/passwd")`, outside},
		{"dots", `read("../secret/file")`, outside},
		{"many_dots", `read(("../"):rep(40) .. "etc/passwd")`, outside},
		{"link_outward", `read("outward")`, outside},
		{"link_absolute", `read("absolute")`, outside},
		{"link_folder", `read("folder/file")`, outside},
		{"link_chain", `read("chain")`, outside},
		{"link_device", `read("device")`, outside},
		{"link_process", `read("process")`, outside},
		{"similar_name", `read(top .. "/opensesame")`, outside},
		{"nul", `read("file\0.txt")`, "Invalid argument"},
		{"empty", `read("")`, "No such file or directory"},
		{"pipe", `read("pipe")`, special},
		{"pipe_write", `write("pipe")`, special},
		{"write", `write("fresh")`, "written"},
		{"write_read_only", `write(top .. "/fixed/fresh")`, readOnly},
		{"write_across", `write("across")`, readOnly},
		{"write_outside", `write("../secret/fresh")`, outside},
		{"write_through_link", `write("unborn")`, outside},
		{"remove_read_only", `show(os.remove(top .. "/fixed/file"))`, readOnly},
		{"remove_outside", `show(os.remove("folder/file"))`, outside},
		{"remove_link", `show(os.remove("absolute"))`, "true"}, // the link, not what it points to
		{"rename_inside", `show(os.rename("fresh", "below/renamed"))`, "true"},
		{"rename_out", `show(os.rename("file", "../secret/stolen"))`, outside},
		{"rename_in", `show(os.rename("../secret/file", "stolen"))`, outside},
		{"rename_over_link", `show(os.rename("file", "folder/file"))`, outside},
		{"rename_across", `show(os.rename("file", top .. "/fixed/stolen"))`, "Invalid cross-device link"},
		{"loadfile", `print((loadfile("../secret/file")))`, "nil"},
		{"require", `package.path = top .. "/secret/?" print(pcall(require, "file") == false)`, "true"},
		{"temporary", `local n = os.tmpname() print(n:sub(1, #top) == top, io.tmpfile() ~= nil, os.remove(n))`, "true\ttrue\ttrue"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := runStandard(t, config, `
				top = "`+top+`"
				function show(ok, message) print(message and message:gsub("^.*: ", "") or ok) end
				function read(name)
					local f, message = io.open(name)
					show(f and f:read("a"), message)
				end
				function write(name)
					local f, message = io.open(name, "w")
					if f then f:write("x") f:close() end
					show("written", message)
				end
				`+test.script)
			got, _, _ = strings.Cut(got, "\t1") // gsub's count
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	for _, name := range []string{"secret/file", "fixed/file"} {
		if content, err := os.ReadFile(filepath.Join(top, name)); err != nil || string(content) != "content" {
			t.Errorf("%s: %q, %v", name, content, err)
		}
	}
	for _, name := range []string{"secret/new", "secret/fresh", "fixed/fresh"} {
		if _, err := os.Lstat(filepath.Join(top, name)); err == nil {
			t.Errorf("%s was created", name)
		}
	}
}

// TestFiles_Nothing is about scripts that were granted nothing.
func TestFiles_Nothing(t *testing.T) {
	tests := []struct{ name, script, want string }{
		{"open", `print(io.open("/etc/passwd"))`, "nil\t/etc/passwd: Permission denied (outside the folders that scripts can use)\t13"},
		{"relative", `print((io.open("standard_test.go")))`, "nil"},
		{"tmpfile", `print((io.tmpfile()))`, "nil"},
		{"tmpname", `print((pcall(os.tmpname)))`, "false"},
		{"execute", `print(os.execute("true"))`, "nil\tOperation not permitted (scripts are not allowed to run processes)\t1"},
		{"shell", `print(os.execute())`, "false"},
		{"popen", `print(io.popen("true"))`, "nil\ttrue: Operation not permitted (scripts are not allowed to run processes)\t1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := runStandard(t, StandardConfig{}, test.script); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestFiles_Bounded(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "file"), make([]byte, 5000), 0o644); err != nil {
		t.Fatal(err)
	}
	config := StandardConfig{
		Files:        FileConfig{Roots: []FileRoot{{folder, false}}, WorkingFolder: folder},
		MaxRead:      4000,
		MaxOpenFiles: 3,
	}
	const tooMuch = "more than 4000 bytes cannot be read at once"
	tests := []struct{ name, script, want string }{
		{"all", `print(pcall(f.read, f, "a"))`, "false\tscript.lua:1: " + tooMuch},
		{"line", `print(pcall(f.read, f, "l"))`, "false\tscript.lua:1: " + tooMuch},
		{"count", `print(pcall(f.read, f, 4001))`, "false\tscript.lua:1: " + tooMuch},
		{"together", `print(pcall(f.read, f, 3000, 2000))`, "false\tscript.lua:1: " + tooMuch},
		{"enough", `print(#f:read(4000))`, "4000"},
		{"loadfile", `print(pcall(loadfile, "file"))`, "false\tscript.lua:1: " + tooMuch},
		{"open", `local kept = {} for i = 1, 3 do kept[i] = {io.open("file")} end print(table.unpack(kept[3]))`, "nil\tfile: Too many open files\t24"},
		{"close_and_open", `for i = 1, 100 do io.open("file"):close() end print(io.type(io.open("file")))`, "file"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := runStandard(t, config, `local f = io.open("file") `+test.script); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestFiles_Kept uses a file after the execution that opened it; what was written to it is in the file by then.
func TestFiles_Kept(t *testing.T) {
	folder := t.TempDir()
	config := StandardConfig{Files: FileConfig{Roots: []FileRoot{{folder, true}}, WorkingFolder: folder}}
	image, _, err := newStandardImage(t, config, `
		action("open", function() kept = io.open("file", "w") kept:write("text") end)
		action("use", function() return pcall(kept.write, kept, "more") end)`)
	if err != nil {
		t.Fatal(err)
	}
	if err := image.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t.Context(), image, "open"); err != nil {
		t.Fatal(err)
	}
	got, err := run(t.Context(), image, "use")
	if want := "false script.lua:3: " + ErrStaleHandle.Error(); err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	if content, err := os.ReadFile(filepath.Join(folder, "file")); err != nil || string(content) != "text" {
		t.Errorf("the file has %q, %v", content, err)
	}
}

// TestFileConfig_Reader reads for scripts what they could read themselves.
func TestFileConfig_Reader(t *testing.T) {
	top := t.TempDir()
	for _, folder := range []string{"open", "secret"} {
		if err := os.Mkdir(filepath.Join(top, folder), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(top, folder, "file"), []byte(folder), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../secret/file", filepath.Join(top, "open/outward")); err != nil {
		t.Fatal(err)
	}
	read := FileConfig{WorkingFolder: filepath.Join(top, "open"), Roots: []FileRoot{{Path: filepath.Join(top, "open")}}}.Reader()
	for name, want := range map[string]string{
		"file": "open", filepath.Join(top, "open/file"): "open",
		"../secret/file": "", "outward": "", "none": "", "/dev/zero": "",
	} {
		if got, err := read(name); string(got) != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}
