package engine

import (
	"context"
	"sync"
)

// Payload is an export request on its way.
type Payload struct {
	Data    []byte
	Request string // what the paths of otelcol read, as JSON; "": nothing is known
	Context any    // the caller's: it comes out with what became of the payload
}

// Done is what became of a payload. Data is the caller's to keep, nil: nothing is left; where Unchanged, it is what came in.
type Done struct {
	Payload
	Result Result // its counts and errors; RowErrors and Outputs are the caller's, too
	Err    error
}

// Pipe runs on all payloads of a channel, in as many goroutines as workers says, each with an exec out of the pool. Results come in the order in which
// they are ready. The channel is closed when `in` is and all is done, or when the context is.
func (p *Program) Pipe(ctx context.Context, workers int, in <-chan Payload) <-chan Done {
	out := make(chan Done, workers)
	var working sync.WaitGroup
	for i := 0; i < max(workers, 1); i++ {
		working.Add(1)
		go func() {
			defer working.Done()
			for {
				select {
				case <-ctx.Done():
					return
				case payload, more := <-in:
					if !more {
						return
					}
					select {
					case out <- p.done(payload):
					case <-ctx.Done():
						return
					}
				}
			}
		}()
	}
	go func() {
		working.Wait()
		close(out)
	}()
	return out
}

func (p *Program) done(payload Payload) Done {
	done := Done{Payload: payload}
	done.Err = p.Run(payload.Data, payload.Request, func(r *Result) error {
		done.Result = *r
		done.Result.exec = nil
		for i, o := range r.Outputs {
			done.Result.Outputs[i].Data = append([]byte(nil), o.Data...)
		}
		if !r.Unchanged {
			done.Data = append([]byte(nil), r.Data...)
		}
		done.Result.Data = done.Data
		return nil
	})
	return done
}
