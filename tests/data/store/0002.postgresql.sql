SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.vs_carried_over (
    "position" integer NOT NULL,
    repo_id text NOT NULL
);
CREATE TABLE public.vs_change (
    id bigint NOT NULL,
    kind text NOT NULL,
    model_id bigint NOT NULL,
    lineage text NOT NULL,
    snippet_id text NOT NULL,
    profile text NOT NULL,
    before text NOT NULL,
    after text NOT NULL,
    reason text NOT NULL,
    cause text,
    at timestamp with time zone NOT NULL,
    night integer,
    quote text DEFAULT ''::text NOT NULL
);
CREATE SEQUENCE public.vs_change_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.vs_change_id_seq OWNED BY public.vs_change.id;
CREATE TABLE public.vs_claim (
    id bigint NOT NULL,
    model_id bigint NOT NULL,
    kind text NOT NULL,
    quote_sha256 text NOT NULL,
    quote text NOT NULL,
    line integer NOT NULL,
    verdict text NOT NULL,
    reason text NOT NULL,
    claimed double precision,
    measured double precision,
    measure text NOT NULL,
    since timestamp with time zone NOT NULL,
    gone boolean NOT NULL
);
CREATE SEQUENCE public.vs_claim_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.vs_claim_id_seq OWNED BY public.vs_claim.id;
CREATE TABLE public.vs_holder (
    id integer NOT NULL,
    name text NOT NULL,
    since timestamp with time zone NOT NULL
);
CREATE TABLE public.vs_model (
    id bigint NOT NULL,
    repo_id text NOT NULL,
    revision text NOT NULL,
    last_modified timestamp with time zone,
    downloads bigint NOT NULL,
    library text NOT NULL,
    task text NOT NULL,
    gated boolean NOT NULL,
    private boolean NOT NULL,
    card text NOT NULL,
    card_reason text NOT NULL,
    first_seen_at timestamp with time zone NOT NULL,
    listed_at timestamp with time zone,
    gone boolean NOT NULL,
    owner text DEFAULT ''::text NOT NULL
);
CREATE SEQUENCE public.vs_model_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.vs_model_id_seq OWNED BY public.vs_model.id;
CREATE TABLE public.vs_night (
    number integer NOT NULL,
    target text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    tool_version text NOT NULL,
    engine text NOT NULL,
    image text NOT NULL,
    counts text NOT NULL,
    exit_code integer,
    told_at timestamp with time zone
);
CREATE TABLE public.vs_report (
    id bigint NOT NULL,
    model_id bigint NOT NULL,
    revision text NOT NULL,
    night integer,
    at timestamp with time zone NOT NULL,
    body bytea NOT NULL
);
CREATE SEQUENCE public.vs_report_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.vs_report_id_seq OWNED BY public.vs_report.id;
CREATE TABLE public.vs_run (
    id bigint NOT NULL,
    standing_id bigint NOT NULL,
    snippet_id text NOT NULL,
    revision text NOT NULL,
    key text NOT NULL,
    attempt integer NOT NULL,
    ran_at timestamp with time zone NOT NULL,
    night integer,
    verdict text NOT NULL,
    body bytea NOT NULL,
    duration_s double precision,
    memory_bytes bigint
);
CREATE SEQUENCE public.vs_run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.vs_run_id_seq OWNED BY public.vs_run.id;
CREATE TABLE public.vs_standing (
    id bigint NOT NULL,
    model_id bigint NOT NULL,
    lineage text NOT NULL,
    profile text NOT NULL,
    snippet_id text NOT NULL,
    title text NOT NULL,
    code_sha256 text NOT NULL,
    verdict text NOT NULL,
    reason text NOT NULL,
    cause text,
    since timestamp with time zone NOT NULL,
    since_revision text NOT NULL,
    last_ran_at timestamp with time zone NOT NULL,
    steadiness text NOT NULL,
    recent text NOT NULL,
    duration_s double precision,
    memory_bytes bigint,
    discussion integer,
    kind text DEFAULT ''::text NOT NULL,
    sketch text DEFAULT ''::text NOT NULL,
    gone boolean DEFAULT false NOT NULL
);
CREATE SEQUENCE public.vs_standing_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.vs_standing_id_seq OWNED BY public.vs_standing.id;
CREATE TABLE public.vs_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.vs_visit (
    model_id bigint NOT NULL,
    revision text NOT NULL,
    surroundings text NOT NULL,
    movable text NOT NULL,
    ended_at timestamp with time zone NOT NULL,
    night integer,
    snippets integer NOT NULL,
    ran integer NOT NULL,
    duration_s double precision NOT NULL
);
ALTER TABLE ONLY public.vs_change ALTER COLUMN id SET DEFAULT nextval('public.vs_change_id_seq'::regclass);
ALTER TABLE ONLY public.vs_claim ALTER COLUMN id SET DEFAULT nextval('public.vs_claim_id_seq'::regclass);
ALTER TABLE ONLY public.vs_model ALTER COLUMN id SET DEFAULT nextval('public.vs_model_id_seq'::regclass);
ALTER TABLE ONLY public.vs_report ALTER COLUMN id SET DEFAULT nextval('public.vs_report_id_seq'::regclass);
ALTER TABLE ONLY public.vs_run ALTER COLUMN id SET DEFAULT nextval('public.vs_run_id_seq'::regclass);
ALTER TABLE ONLY public.vs_standing ALTER COLUMN id SET DEFAULT nextval('public.vs_standing_id_seq'::regclass);
INSERT INTO public.vs_carried_over VALUES (0, 'gpt2');
INSERT INTO public.vs_change VALUES (1, 'new failure', 1, 'load', '', '', 'passed', 'failed', '', '{"kind":"missing-input","subjects":{"file":"cat.png"}}', '2026-11-23 11:30:00.123456+09', 1, '');
INSERT INTO public.vs_claim VALUES (1, 2, 'memory', '6c31b63a02708634d1ac1ab60f86b6bbc9482a15dfa32ad5ca06eec184451603', '1 GB', 3, 'confirmed', '', NULL, NULL, '', '2026-11-23 11:30:00.123456+09', false);
INSERT INTO public.vs_holder VALUES (1, 'process 1 on host', '2026-11-24 01:55:09.656193+09');
INSERT INTO public.vs_model VALUES (1, 'acme/tiny', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', '2026-11-22 11:30:00.123456+09', 7, '', '', false, false, 'unseen', '', '2026-11-23 11:30:00.123456+09', '2026-11-23 11:30:00.123456+09', false, 'acme');
INSERT INTO public.vs_model VALUES (2, 'gpt2', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', '2026-11-22 11:30:00.123456+09', 0, '', '', false, false, 'no card', 'it has none', '2026-11-23 11:30:00.123456+09', '2026-11-23 11:30:00.123456+09', false, '');
INSERT INTO public.vs_night VALUES (1, 'acme', '2026-11-23 11:30:00.123456+09', '2026-11-24 11:30:00.123456+09', '0.1.0', 'docker', 'cpu:abc', '{"models":2}', 1, '2026-11-24 11:30:00.123456+09');
INSERT INTO public.vs_report VALUES (1, 1, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 1, '2026-11-23 11:30:00.123456+09', '\x789ca551cb6e833010fc179f493044cd81efe8a955858c598215bf64af4950d47fef2e20f55aa93ecd8e6777c7e397c87a06a744271648665a4fd99b1801739d208684f5d2884a6008b6274136c193549e9bb3243aa34a0863af90c856b6d753d39cdacbbb6cbb8beca4fc20cd5892426aebb3e8a8ab123ab868014174980a50add228ba97e07dbd2128947650a3f12bb52758ccb155fdf1b0b15092a60d622e039536e8cd031388317775bd5fe459b56f577ed13f0f67044f8e417c5702fccd78e04779e5d8c618f41d12897e336c29446e4bc5a3d944543c94b594d3e757258a073f057ac5c8350d9d43461ea963210905e9c085b4f6c38ab01374d3bb3082dd87dd36e1d6fb8081b858066b345b4d6a9a0875c29a053887e3d3f7d5da2ae30e4cbfa24c3a8a5c9c5369651751e5ccd668eda48c3da00e9e668f46e341e43b0fdef160398503a770078a41725a4f83bd26df5cfe005518cbdb');
INSERT INTO public.vs_run VALUES (1, 1, 'L12', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'k1', 1, '2026-11-23 11:30:00.123456+09', 1, 'failed', '\x789ced54c16ec3200cfd95c9e7acead6edd25fd9a68882d3a00246c66cabaafefb4cda44ebce3b968365bf8731467e9c20330d3e206cc1e6fab833c55be8e013d9792b8a0e4659a710a3299414f1f2e07c43aca94513530da1d1d1f0a1c0f6eda303aa92ab2c142daeab6cc453ea75e3cbeab5833c9a821a9cceea330632ae71f3995ac0f503539ca18891f8a8fbc1244ac748b5f4bba3b42336eb7975d05a9af14ba2dd33d57c8b4594919cb6a4cd041fbddcd2da85267da55b547cc4e013b64ef5d2f8ad6996dcf210c5ef93094b248eda4b404b794f777bb7ff6b619a3164be8c7156d556c6ab0e19331a29fd9f50e880e98a6926f13cad2a9b26f6498d3e9afd32d4fa1f14956d132a08b11db5daf3ea69b35a836eb594c45899d8918a2ce58649bfbf20dbb4d09c44d2335a62d7ea5d2f47d347703eff00954db943', 4.5, 3000000000);
INSERT INTO public.vs_run VALUES (2, 1, 'L12', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'k1', 2, '2026-11-24 11:30:00.123456+09', 1, 'passed', '\x789ced54c16ec3200cfd95c9e7acead6edd25fd9a68882dba00246c66c8baafefb4cda44ebce3b9683653ff330467e9c2033ed7d40d882cdf571678ab7d0c127b2f35614cda614740a319a4249112f0fce37c49a5a94986a082d1d0d1f0b6cdf3e3aa02ab9ca92a2c575958d784abd6e7c59bd769007535083d3597dc640c6b5dc7ca61670fd9e29ce50c4483cea7e3089d218a9967e374a3b62b39e5707ada519bf10ed81a9e65b2ca20ce4b4256d26f8e8e536ad5d28e92bdda2e223069fb075aa97c66fa55972cb43147f48262c91386a2f018df29eeef66effd7c23463c87c19e3acaaad8c571d32663452fa3fa1d011d3155326f13cad2a9ba0629fd4e8a3392c43adff4151d936a18210db41ab3daf9e36ab35e8564b498c95293b5091a5dc7ed2ef2fc8362d342791f48c96d8b57ad7cbd1f4119ccf3f0d6fb95e', 4.5, 3000000000);
INSERT INTO public.vs_run VALUES (3, 3, 'L12', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'k2', 1, '2026-11-25 11:30:00.123456+09', NULL, 'passed', '\x789ced54c16ec3200cfd95c9e7acead6edd25fd9a68882dba00246c66c8baafefb4cda44ebce3b9683653ff330467e9c2033ed7d40d882cdf571678ab7d0c127b2f35614cda614740a319a4249112f0fce37c49a5a94986a082d1d0d1f0b6cdf3e3aa02ab9ca92a2c575958d784abd6e7c59bd769007535083d3597dc640c6b5dc7ca61670fd9e29ce50c4483cea7e3089d218a9967e374a3b62b39e5707ada519bf10ed81a9e65b2ca20ce4b4256d26f8e8e536ad5d28e92bdda2e223069fb075aa97c66fa55972cb43147f48262c91386a2f018df29eeef66effd7c23463c87c19e3acaaad8c571d32663452fa3fa1d011d3155326f13cad2a9ba0629fd4e8a3392c43adff4151d936a18210db41ab3daf9e36ab35e8564b498c95293b5091a5dc7ed2ef2fc8362d342791f48c96d8b57ad7cbd1f4119ccf3f0d6fb95e', 4.5, 3000000000);
INSERT INTO public.vs_standing VALUES (1, 1, 'load', 'cpu-basic', 'L12', 'import torch', 'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc', 'passed', '', NULL, '2026-11-23 11:30:00.123456+09', '', '2026-11-23 11:30:00.123456+09', 'steady', '[["k1","failed"],["k2","passed"]]', 4.5, 3000000000, NULL, 'python', '1f 2e', false);
INSERT INTO public.vs_standing VALUES (3, 1, 'print(''ü'')', 'cpu-basic', 'L12', 'import torch', 'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc', 'passed', '', NULL, '2026-11-23 11:30:00.123456+09', '', '2026-11-23 11:30:00.123456+09', 'steady', '[["k1","failed"],["k2","passed"]]', 4.5, 3000000000, NULL, 'python', '1f 2e', false);
INSERT INTO public.vs_version VALUES ('0002');
INSERT INTO public.vs_visit VALUES (1, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'ssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss', '{"releases":{"torch>=2":"2.13.0"},"repos":{"acme/base":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"},"hosts":["example.org"]}', '2026-11-23 11:30:00.123456+09', 1, 2, 2, 9);
SELECT pg_catalog.setval('public.vs_change_id_seq', 1, false);
SELECT pg_catalog.setval('public.vs_claim_id_seq', 1, false);
SELECT pg_catalog.setval('public.vs_model_id_seq', 1, false);
SELECT pg_catalog.setval('public.vs_report_id_seq', 1, false);
SELECT pg_catalog.setval('public.vs_run_id_seq', 1, false);
SELECT pg_catalog.setval('public.vs_standing_id_seq', 1, false);
ALTER TABLE ONLY public.vs_carried_over
    ADD CONSTRAINT pk_vs_carried_over PRIMARY KEY ("position");
ALTER TABLE ONLY public.vs_change
    ADD CONSTRAINT pk_vs_change PRIMARY KEY (id);
ALTER TABLE ONLY public.vs_claim
    ADD CONSTRAINT pk_vs_claim PRIMARY KEY (id);
ALTER TABLE ONLY public.vs_holder
    ADD CONSTRAINT pk_vs_holder PRIMARY KEY (id);
ALTER TABLE ONLY public.vs_model
    ADD CONSTRAINT pk_vs_model PRIMARY KEY (id);
ALTER TABLE ONLY public.vs_night
    ADD CONSTRAINT pk_vs_night PRIMARY KEY (number);
ALTER TABLE ONLY public.vs_report
    ADD CONSTRAINT pk_vs_report PRIMARY KEY (id);
ALTER TABLE ONLY public.vs_run
    ADD CONSTRAINT pk_vs_run PRIMARY KEY (id);
ALTER TABLE ONLY public.vs_standing
    ADD CONSTRAINT pk_vs_standing PRIMARY KEY (id);
ALTER TABLE ONLY public.vs_visit
    ADD CONSTRAINT pk_vs_visit PRIMARY KEY (model_id);
ALTER TABLE ONLY public.vs_claim
    ADD CONSTRAINT uq_vs_claim_model_id_kind_quote_sha256 UNIQUE (model_id, kind, quote_sha256);
ALTER TABLE ONLY public.vs_model
    ADD CONSTRAINT uq_vs_model_repo_id UNIQUE (repo_id);
ALTER TABLE ONLY public.vs_report
    ADD CONSTRAINT uq_vs_report_model_id_at UNIQUE (model_id, at);
ALTER TABLE ONLY public.vs_run
    ADD CONSTRAINT uq_vs_run_key_attempt UNIQUE (key, attempt);
ALTER TABLE ONLY public.vs_standing
    ADD CONSTRAINT uq_vs_standing_model_id_lineage_profile UNIQUE (model_id, lineage, profile);
ALTER TABLE ONLY public.vs_version
    ADD CONSTRAINT vs_version_pkc PRIMARY KEY (version_num);
CREATE INDEX ix_vs_change_at ON public.vs_change USING btree (at);
CREATE INDEX ix_vs_change_model_id_at ON public.vs_change USING btree (model_id, at);
CREATE INDEX ix_vs_change_night ON public.vs_change USING btree (night);
CREATE INDEX ix_vs_model_owner ON public.vs_model USING btree (owner);
CREATE INDEX ix_vs_run_standing_id_ran_at ON public.vs_run USING btree (standing_id, ran_at);
ALTER TABLE ONLY public.vs_change
    ADD CONSTRAINT fk_vs_change_model_id FOREIGN KEY (model_id) REFERENCES public.vs_model(id);
ALTER TABLE ONLY public.vs_change
    ADD CONSTRAINT fk_vs_change_night FOREIGN KEY (night) REFERENCES public.vs_night(number);
ALTER TABLE ONLY public.vs_claim
    ADD CONSTRAINT fk_vs_claim_model_id FOREIGN KEY (model_id) REFERENCES public.vs_model(id);
ALTER TABLE ONLY public.vs_report
    ADD CONSTRAINT fk_vs_report_model_id FOREIGN KEY (model_id) REFERENCES public.vs_model(id);
ALTER TABLE ONLY public.vs_report
    ADD CONSTRAINT fk_vs_report_night FOREIGN KEY (night) REFERENCES public.vs_night(number);
ALTER TABLE ONLY public.vs_run
    ADD CONSTRAINT fk_vs_run_night FOREIGN KEY (night) REFERENCES public.vs_night(number);
ALTER TABLE ONLY public.vs_run
    ADD CONSTRAINT fk_vs_run_standing_id FOREIGN KEY (standing_id) REFERENCES public.vs_standing(id);
ALTER TABLE ONLY public.vs_standing
    ADD CONSTRAINT fk_vs_standing_model_id FOREIGN KEY (model_id) REFERENCES public.vs_model(id);
ALTER TABLE ONLY public.vs_visit
    ADD CONSTRAINT fk_vs_visit_model_id FOREIGN KEY (model_id) REFERENCES public.vs_model(id);
ALTER TABLE ONLY public.vs_visit
    ADD CONSTRAINT fk_vs_visit_night FOREIGN KEY (night) REFERENCES public.vs_night(number);
