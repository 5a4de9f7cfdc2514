//go:build interop

package registry

import (
	"io"
	"net/http"
	"testing"

	"github.com/distribution/distribution/v3/configuration"
	"github.com/distribution/distribution/v3/registry/handlers"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/inmemory"
	"github.com/sirupsen/logrus"
)

// The registry that most others are made of keeps referrers under tags. It takes minutes to compile.
func init() {
	servers = append(servers, server{"distribution", func(t *testing.T) http.Handler {
		logrus.SetOutput(io.Discard)
		c := &configuration.Configuration{Storage: configuration.Storage{
			"inmemory": {}, "maintenance": {"uploadpurging": map[any]any{"enabled": false}},
		}}
		c.HTTP.Secret = "test"
		return handlers.NewApp(t.Context(), c)
	}})
}
