package meter

import (
	"testing"

	"github.com/tetratelabs/wazero"
)

// FuzzRewrite checks that no input makes Rewrite panic, and that it breaks no
// module: the engine compiles the output of what it compiles.
func FuzzRewrite(f *testing.F) {
	f.Add(everything())
	f.Add(preamble)
	f.Add(randomThrows(1))
	f.Add(realistic(3))
	f.Fuzz(func(t *testing.T, binary []byte) {
		result, err := Rewrite(binary, testConfig)
		if err != nil {
			return
		}
		runtime := wazero.NewRuntimeWithConfig(t.Context(), wazero.NewRuntimeConfigInterpreter())
		defer runtime.Close(t.Context())
		if _, err := runtime.CompileModule(t.Context(), binary); err != nil {
			return
		}
		if _, err := runtime.CompileModule(t.Context(), result.Module); err != nil {
			t.Errorf("the output does not compile: %v", err)
		}
	})
}
