#!/bin/sh
#SBATCH --job-name=mqtt-vs-http-load
#SBATCH --array=1-3
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=2
# START_AT=$(date -u -d '+2 min' +%Y-%m-%dT%H:%M:%SZ) sbatch --export=ALL fleet.sh
exec npx mqtt-vs-http run json -t mqtt-qos1 --mqtt-url "${BROKER:-mqtts://broker:8883}" \
  --rate 99 --connections 99 --duration 60s \
  --part auto --start-at "$START_AT" --out "part-$SLURM_ARRAY_TASK_ID"
