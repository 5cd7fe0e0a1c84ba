create table if not exists comments (
  id bigserial primary key,
  post_id bigint not null references posts (id) on delete cascade,
  author text not null,
  body text not null
);
