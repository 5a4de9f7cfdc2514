package host_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"tidelock/guest/lua54"
	"tidelock/host"
)

// prelude is what scripts find when they start. It alone can bind functions of the host; scripts see what it makes of
// them.
const prelude = `
local host = ...
local register = host.bind("register")

stock = host.bind("stock")

function price_rule(name, rule)
  register("price", name, host.ref(rule), host.source(rule))
end
`

// script is written by somebody whom the shop need not trust.
const script = `
price_rule("clearance", function(article, price)
  if stock(article) > 100 then
    price = price * 0.8
  end
  return price
end)
`

// A web shop lets its partners write pricing rules in Lua. Rules run in a sandbox: they can look up what is in stock,
// and nothing else.
func Example() {
	ctx := context.Background()

	// The engine compiles the interpreter. A program needs one.
	engine, err := host.NewEngine(ctx, host.EngineConfig{})
	if err != nil {
		log.Fatal(err)
	}
	defer engine.Close(ctx)

	// A host function reads its arguments and writes its results.
	inStock := map[string]int64{"umbrella": 250, "kite": 3}
	library := host.Functions{
		"stock": func(call *host.Call) error {
			article, err := call.String()
			if err != nil {
				return err
			}
			call.Results.Int(inStock[string(article)])
			return nil
		},
	}

	// An image holds the loaded scripts, with what they have registered.
	image, err := engine.NewImage(ctx, host.ImageConfig{
		Guest:     lua54.Module,
		Prelude:   []host.Chunk{{Name: "=<prelude>", Source: prelude}},
		Library:   host.Libraries{library, host.Standard(host.StandardConfig{})},
		Isolation: host.IsolateTransactions,
		Limits:    map[string]host.Limits{"price": {Time: 50 * time.Millisecond}},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer image.Close()
	if err := image.Load(ctx, host.Chunk{Name: "@clearance.lua", Source: script}); err != nil {
		log.Fatal(err)
	}
	if err := image.Seal(ctx); err != nil {
		log.Fatal(err)
	}

	// Each call of a registered function is an execution, here in a fresh clone of the image.
	rule := image.Registration("price", "clearance")
	for _, article := range []string{"umbrella", "kite"} {
		execution := rule.Begin(ctx, nil)
		execution.Arguments.String(article)
		execution.Arguments.Float(20)
		if err := execution.Run(); err != nil {
			log.Fatal(err)
		}
		results := execution.Results()
		price, _ := host.ToFloat(results.Next())
		fmt.Printf("%s: %.2f\n", article, price)
		execution.End()
	}

	// Output:
	// umbrella: 16.00
	// kite: 20.00
}
