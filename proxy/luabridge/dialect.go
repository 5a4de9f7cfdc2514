package luabridge

import (
	"context"
	"errors"
	"fmt"

	"tidelock/guest"
	"tidelock/host"
	"tidelock/proxy/config"
)

// dialectOf returns the dialect in which a script is to be run: its own, or what there is.
func dialectOf(file config.ScriptFile) (guest.Dialect, error) {
	dialect := guest.Dialect(file.Dialect)
	if dialect == "" {
		dialect = guest.Default()
	}
	if len(dialect.Module()) == 0 {
		return "", fmt.Errorf("error in Lua file '%s': %s", file.Path, notBuilt(dialect))
	}
	return dialect, nil
}

func notBuilt(dialect guest.Dialect) string {
	if dialect == "" {
		return "this program was built without any interpreter for Lua"
	}
	return fmt.Sprintf("this program was built without Lua %s (make GUESTS=%s has it, and dialect=%s runs the script in Lua %[3]s)",
		dialect, dialect.Folder(), guest.Default())
}

// hint says which other dialect a script is written in, when it does not compile in its own. Empty: in none that is there.
func (m *image) hint(ctx context.Context, chunk host.Chunk, err error) string {
	var failed *host.ExecutionError
	if !errors.As(err, &failed) || !failed.Uncompiled {
		return ""
	}
	for _, dialect := range guest.Dialects() {
		if dialect != m.kind.dialect && compiles(ctx, dialect, chunk) {
			return fmt.Sprintf(" (it is Lua %s, not %s: load it with dialect=%[1]s)", dialect, m.kind.dialect)
		}
	}
	return ""
}

// compiles says whether a text is a program of a dialect. It is compiled in a sandbox that is thrown away, and whose guest is
// interpreted: there it starts sooner than it could be compiled.
func compiles(ctx context.Context, dialect guest.Dialect, chunk host.Chunk) bool {
	if len(dialect.Module()) == 0 {
		return false
	}
	engine, err := host.NewEngine(ctx, host.EngineConfig{Interpreter: true})
	if err != nil {
		return false
	}
	defer engine.Close(ctx)
	image, err := engine.NewImage(ctx, host.ImageConfig{Guest: dialect.Module(), Library: host.Functions{}})
	if err != nil {
		return false
	}
	defer image.Close()
	return image.Compile(ctx, chunk) == nil
}
