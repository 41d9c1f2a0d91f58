package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// The names are ARQ's: a sorted set of job ids by the time they are due, one key for each job, and a worker's health record.
const (
	queueKey     = "arq:queue"
	jobPrefix    = "arq:job:"
	takenPrefix  = "arq:in-progress:"
	healthKey    = "arq:queue:health-check"
	healthEvery  = 2 * time.Second
	healthLasts  = 10 * time.Second
	takenLasts   = 30 * time.Second
	answerWithin = 2 * time.Second
)

// job is what waits in the queue.
type job struct {
	ID       string    `json:"id"`
	Payload  string    `json:"payload"`
	QueuedAt time.Time `json:"queued_at"`
}

// queue is the list of jobs in Redis.
type queue struct{ client *redis.Client }

// openQueue connects on first use. Nothing of the URL but its host is ever printed.
func openQueue(from *url.URL) (queue, error) {
	options, err := redis.ParseURL(from.String())
	if err != nil {
		return queue{}, failed(exitInput, "REDIS_URL is not usable: expected redis://:password@host:port/0 (not shown)")
	}
	options.DialTimeout, options.ReadTimeout = answerWithin, answerWithin
	// asking for the client's name and library would be refused by old servers and is logged there
	options.DisableIdentity = true
	return queue{redis.NewClient(options)}, nil
}

// ping says whether the queue can be used, and what to do when not.
func (q queue) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	return q.tell(q.client.Ping(ctx).Err())
}

func (q queue) tell(err error) error {
	host := q.client.Options().Addr
	switch {
	case err == nil:
		return nil
	case strings.Contains(err.Error(), "WRONGPASS") || strings.Contains(err.Error(), "NOAUTH"):
		return failed(exitCredentials, "redis %s refused the credential; check REDIS_URL in its Secret", host)
	}
	return failed(exitUnreachable, "redis %s does not answer: %v; does it run, and does a network policy let this pod reach it?", host, reason(err))
}

// add queues a job that is due now.
func (q queue) add(ctx context.Context, payload string) (job, error) {
	one := job{ID: strings.ToLower(rand.Text()), Payload: payload, QueuedAt: time.Now().UTC()}
	text, err := json.Marshal(one)
	if err != nil {
		return one, err
	}
	_, err = q.client.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
		pipe.Set(ctx, jobPrefix+one.ID, text, 24*time.Hour)
		pipe.ZAdd(ctx, queueKey, redis.Z{Score: float64(one.QueuedAt.UnixMilli()), Member: one.ID})
		return nil
	})
	return one, err
}

// take gives a job that is due and that nobody else works on, if there is one. It stays in the queue until done, so a
// worker that dies does not lose it.
func (q queue) take(ctx context.Context) (*job, error) {
	due := strconv.FormatInt(time.Now().UnixMilli(), 10)
	ids, err := q.client.ZRangeArgs(ctx, redis.ZRangeArgs{Key: queueKey, Start: "-inf", Stop: due, ByScore: true, Count: 20}).Result()
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		mine, err := q.client.SetNX(ctx, takenPrefix+id, 1, takenLasts).Result()
		if err != nil {
			return nil, err
		}
		if !mine {
			continue
		}
		text, err := q.client.Get(ctx, jobPrefix+id).Bytes()
		if err == redis.Nil { // done meanwhile, or expired
			if err := q.done(ctx, id); err != nil {
				return nil, err
			}
			continue
		}
		one := &job{}
		if err != nil {
			return nil, err
		}
		return one, json.Unmarshal(text, one)
	}
	return nil, nil
}

// done takes a job out of the queue.
func (q queue) done(ctx context.Context, id string) error {
	_, err := q.client.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
		pipe.ZRem(ctx, queueKey, id)
		pipe.Del(ctx, jobPrefix+id, takenPrefix+id)
		return nil
	})
	return err
}
